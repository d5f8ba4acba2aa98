/**
 * Runs the cases of `test/fixtures/cases`: documents as people write them, and what must be listed, sent and read. Each
 * file holds the cases of one kind; `documents` holds their documents.
 */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { findDifferences } from "../support/case-expectations.ts";
import { type Case, runCase } from "../support/run-case.ts";

setDefaultTimeout(60_000);

const folder = `${import.meta.dir}/../fixtures/cases`;

for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const cases = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as readonly Case[];
  describe(file.slice(0, -".json".length), () => {
    for (const input of cases)
      test(`${input.id}: ${input.about}`, async () => {
        const outcomes = await runCase(input);
        const differences = outcomes.map((outcome) => findDifferences(outcome, input.expect));
        const isMet = differences.some((list) => list.length === 0);
        expect(isMet ? [] : differences.flat()).toEqual([]);
      });
  });
}
