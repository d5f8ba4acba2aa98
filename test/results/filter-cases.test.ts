/** Runs the cases of `test/fixtures/results/filters`: `_filter` expressions that order texts, numbers and both. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { type ResultCaseServer, readContent, startResultCases } from "../support/result-cases.ts";

setDefaultTimeout(60_000);

interface FilterExpectation {
  readonly result?: unknown;
  /** Whether words say what could not be ordered. */
  readonly said?: boolean;
  readonly any?: readonly FilterExpectation[];
}

interface FilterCase {
  readonly id: string;
  readonly about: string;
  readonly filter: string;
  readonly answer: string;
  readonly expect: FilterExpectation;
}

const folder = `${import.meta.dir}/../fixtures/results/filters`;
const readFile = (name: string): unknown => JSON.parse(readFileSync(`${folder}/${name}`, "utf8"));
const jsonFiles = (path: string) => readdirSync(path).filter((name) => name.endsWith(".json"));
const operations = jsonFiles(`${folder}/answers`).map((file) => ({
  id: file.slice(0, -".json".length),
  answers: [{ body: readFile(`answers/${file}`) }],
}));

let server: ResultCaseServer;
beforeAll(async () => {
  server = await startResultCases(operations);
});
afterAll(async () => {
  await server.stop();
});

function isMet(content: string, expected: FilterExpectation): boolean {
  const { head, value } = readContent(content);
  const isSaid = /not ordered|cannot (be compared|order)|compared texts|ordered texts/i.test(head);
  return (
    (!("result" in expected) || Bun.deepEquals(value, expected.result, true)) &&
    (expected.said === undefined || expected.said === isSaid) &&
    (expected.any === undefined || expected.any.some((one) => isMet(content, one)))
  );
}

for (const file of jsonFiles(folder))
  describe(`filters, ${file}`, () => {
    for (const { id, about, filter, answer, expect: expected } of readFile(file) as readonly FilterCase[])
      test(`${id}: ${about} \`${filter}\``, async () => {
        const content = await server.call(answer.slice(0, -".json".length), { _filter: filter });
        expect(isMet(content, expected) ? "" : content).toBe("");
      });
  });
