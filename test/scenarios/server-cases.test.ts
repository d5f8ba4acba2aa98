/** Runs the cases of `test/fixtures/cases/server`: a server or a command as a process, and what its users must see. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { runServerCase } from "../support/run-server-case.ts";
import type { ServerCase } from "../support/server-case-types.ts";

setDefaultTimeout(60_000);

const folder = `${import.meta.dir}/../fixtures/cases/server`;

for (const file of readdirSync(folder)) {
  const cases = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as readonly ServerCase[];
  describe(file.slice(0, -".json".length), () => {
    for (const input of cases)
      test.concurrent(`${input.id}: ${input.about}`, async () => {
        expect(await runServerCase(input)).toEqual([]);
      });
  });
}
