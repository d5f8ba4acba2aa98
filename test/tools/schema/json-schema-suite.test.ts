/**
 * The public JSON Schema test suite. Every instance that is valid for its schema is sent through a tool whose body has
 * that schema: it must be accepted and sent unchanged.
 */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { parseJson, stringifyJson } from "../../../src/json.ts";
import { readDescription } from "../../../src/openapi/read.ts";
import { renameKeys } from "../../../src/tools/schema/property-keys.ts";
import type { Toolbox } from "../../../src/tools/types.ts";
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

/** Valid instances that are refused or changed, as `keyword: group: instance`, by the reason. */
const EXCEPTIONS: Readonly<Record<string, readonly RegExp[]>> = {
  "A schema with the keywords of objects, lists or texts and without a type means that type": [
    /^(additionalProperties|properties|required): .*: ignores /,
    /^content: .*: ignores non-strings$/,
    /^(items|prefixItems): .* (schema|schemas) (given )?for (items|prefixItems): (ignores non-arrays|JavaScript pseudo-array is valid)$/,
    /^ref: root pointer ref: (match|recursive match)$/,
    /^ref: simple URN base URI with \$ref via the URN: /,
    /^dynamicRef: \$dynamicRef points to a boolean schema: /,
  ],
  "A format that people write in one way is checked": [/^format: .* only an annotation by default$/],
  "ajv does not see what `if`, `contains` and boolean schemas evaluate": [
    /^unevaluatedItems: unevaluatedItems with nested items: /,
    /^unevaluatedItems: unevaluatedItems with minContains = 0: /,
    /^unevaluated(Items|Properties): .*( can see annotations from if without then and else|if\/then\/else, then not defined): /,
  ],
  "A dynamic reference that depends on the path of the evaluation": [
    /^dynamicRef: (after leaving a dynamic scope|strict-tree schema|\$dynamicRef skips over intermediate)/,
  ],
  "OpenAPI 3.1 applies the keywords beside a reference, which draft 7 ignores": [
    /^ref: ref overrides any sibling keywords: /,
    /^ref: \$ref prevents a sibling \$id from changing the base uri: /,
  ],
};

const allFailures: string[] = [];

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
  expect(rejected).toEqual([]);
  const toolbox = buildToolbox(operations);
  const failures: string[] = [];
  let total = 0;
  for (const [index, { keyword, description, tests }] of groups.entries())
    for (const { description: instance, data } of tests) {
      total += 1;
      if (!(await arrivesUnchanged(toolbox, `send${index}`, data)))
        failures.push(`${keyword}: ${description}: ${instance}`);
    }
  allFailures.push(...failures);
  const known = Object.values(EXCEPTIONS).flat();
  expect(failures.filter((failure) => !known.some((pattern) => pattern.test(failure)))).toEqual([]);
  const share = ((total - failures.length) / total) * 100;
  process.stdout.write(
    `${draft}: ${total - failures.length} of ${total} instances (${share.toFixed(1)} %)\n`,
  );
  expect(share).toBeGreaterThan(94);
});

test("Every exception is still needed", () => {
  const stale = Object.values(EXCEPTIONS)
    .flat()
    .filter((pattern) => !allFailures.some((failure) => pattern.test(failure)));
  expect(stale).toEqual([]);
});

/** Returns whether a tool accepts a value and sends it unchanged. Illegal keys may be written as their aliases. */
async function arrivesUnchanged(toolbox: Toolbox, name: string, value: unknown): Promise<boolean> {
  const aliases = new Map(
    Object.entries(toolbox.tools.find((tool) => tool.name === name)?.originalKeys ?? {}).map(
      ([alias, key]) => [key, alias],
    ),
  );
  const renamed = renameKeys(value, (key) => aliases.get(key) ?? key);
  for (const written of [value, renamed]) {
    const call = createCall(name, { value: written });
    const prepared = await toolbox.prepare(call, createContext(), { dryRun: true });
    if (prepared.outcome === "ready" && prepared.request.body === stringifyJson({ value })) return true;
  }
  return false;
}

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
