/**
 * The public JSON Schema test suite. Every instance that is valid for its schema is sent through a tool whose body has
 * that schema: it must be accepted and sent unchanged.
 */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { parseJson, stringifyJson } from "../../../src/json.ts";
import { readDescription } from "../../../src/openapi/read.ts";
import { createFolder, createRealIo, removeFolders } from "../../openapi/reading.ts";
import { buildToolbox, createCall, createContext } from "../fixtures.ts";

setDefaultTimeout(60_000);
afterAll(removeFolders);

interface Group {
  readonly keyword: string;
  readonly description: string;
  readonly schema: unknown;
  readonly tests: readonly { readonly description: string; readonly data: unknown }[];
}

/** Groups without an accepted instance, by draft, with the reason. `total` counts the instances of the draft. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  "draft2020-12": [],
  draft7: [],
  draft4: [],
};

test.each([
  ["draft2020-12", "3.1.0"],
  ["draft7", "3.1.0"],
  ["draft4", "3.0.3"],
])("what is valid by %s is accepted and sent unchanged", async (draft, version) => {
  const file = Bun.file(`${import.meta.dir}/../../fixtures/json-schema-suite/${draft}.jsonl`);
  const groups = (await file.text())
    .trim()
    .split("\n")
    .map((line) => parseJson(line) as Group);
  const folder = await createFolder({
    "api.json": createDocument(version, groups),
    ...Object.fromEntries(groups.map(({ schema }, index) => [`s${index}.json`, stringifyJson(schema)])),
  });
  const { operations, rejected } = await readDescription(`${folder}/api.json`, createRealIo());
  const toolbox = buildToolbox(operations);
  const failures: string[] = rejected.map(({ path, reason }) => `${path}: ${reason}`);
  let total = 0;
  for (const [index, { keyword, description, tests }] of groups.entries())
    for (const { description: instance, data } of tests) {
      total += 1;
      const call = createCall(`send${index}`, { value: data });
      const prepared = await toolbox.prepare(call, createContext(), { dryRun: true });
      const body = prepared.outcome === "ready" ? prepared.request.body : undefined;
      if (body !== stringifyJson({ value: data }))
        failures.push(
          `${keyword}: ${description}: ${instance}: ${prepared.outcome === "refused" ? prepared.problem : `sent ${body}`}`,
        );
    }
  expect(failures).toEqual([...(EXCEPTIONS[draft] ?? [])]);
  expect(total).toBeGreaterThan(200);
});

/** Creates a document with one operation for each group. The schemas are files, so that `#` is their root. */
function createDocument(openapi: string, groups: readonly Group[]) {
  const paths = Object.fromEntries(
    groups.map((_, index) => {
      const schema = {
        type: "object",
        required: ["value"],
        properties: { value: { $ref: `s${index}.json` } },
      };
      const requestBody = { required: true, content: { "application/json": { schema } } };
      return [`/${index}`, { post: { operationId: `send${index}`, requestBody } }];
    }),
  );
  return { openapi, info: { title: "Suite", version: "1" }, paths };
}
