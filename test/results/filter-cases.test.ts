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

test("A filter of `fetch_all` that begins with the field of the list is explained, and one over the list is not.", async () => {
  const [operation] = operations.filter(({ id }) => id === "orders");
  const call = async (filter: string) =>
    readContent(await server.call("fetch_all", { tool: operation?.id, arguments: {}, _filter: filter }));
  const wrong = await call("items[?placed >= '2026-01-01'].id");
  expect([wrong.value, wrong.head]).toEqual([null, expect.stringContaining("begin with [?…]")]);
  const right = await call("[?placed >= '2026-01-01'].id");
  expect([right.value, right.head]).toEqual([[2], expect.not.stringContaining("begin with")]);
});
