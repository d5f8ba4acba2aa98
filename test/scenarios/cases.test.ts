/**
 * Documents as people write them: `test/fixtures/cases/KIND.json` holds the cases of one kind, `test/support/case.ts`
 * describes their fields.
 */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import type { Case } from "../support/case.ts";
import { findDifferences } from "../support/check-case.ts";
import { runCase } from "../support/run-case.ts";

const folder = `${import.meta.dir}/../fixtures/cases`;

for (const file of readdirSync(folder).sort()) {
  const cases: unknown = file.endsWith(".json") ? JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) : [];
  // The documents of the cases lie in the same folder.
  if (!Array.isArray(cases) || cases.length === 0) continue;
  describe(file.replace(/\.json$/, ""), () => {
    for (const one of cases as readonly Case[])
      test(one.about ?? one.id, async () => {
        const choices = 1 + (one.call?.or?.length ?? 0);
        let differences: readonly string[] = [];
        for (let choice = 0; choice < choices; choice += 1) {
          differences = findDifferences(one.expect, await runCase(one, choice));
          if (differences.length === 0) break;
        }
        expect({ id: one.id, differences }).toEqual({ id: one.id, differences: [] });
      });
  });
}
