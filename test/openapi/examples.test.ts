import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { dirname, join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { isObject, objectOf } from "../../src/openapi/document/value.ts";
import { readDescription } from "../../src/openapi/read.ts";
import { createRealIo } from "./reading.ts";

// Reading takes about a second, several on a busy machine.
setDefaultTimeout(60_000);

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const folder = dirname(require.resolve("@readme/oas-examples/package.json"));
const documents = [...new Bun.Glob("{2.0,3.0,3.1}/{json,yaml}/**/*.{json,yaml}").scanSync(folder)].sort();

/** Accepts every pattern: documents use other regular expression syntaxes. */
const ajv = new Ajv2020({
  strict: false,
  validateFormats: false,
  logger: false,
  code: { regExp: Object.assign(() => /(?:)/, { code: "() => /(?:)/" }) },
});

/** Returns `METHOD path` of every operation in the document. Follows path items that are references. */
async function readDeclaredOperations(path: string): Promise<string[]> {
  const text = await Bun.file(path).text();
  const document = objectOf(path.endsWith("json") ? JSON.parse(text) : Bun.YAML.parse(text));
  const paths = objectOf(document.paths);
  return Object.entries(paths).flatMap(([template, item]) => {
    const resolved = isObject(item) && typeof item.$ref === "string" ? paths[pathOf(item.$ref)] : item;
    return Object.keys(objectOf(resolved))
      .filter((key) => METHODS.includes(key))
      .map((key) => `${key.toUpperCase()} ${template}`);
  });
}

function pathOf(reference: string): string {
  return decodeURIComponent(reference.replace("#/paths/", "")).replaceAll("~1", "/");
}

test("the examples include documents of every version", () => {
  expect(documents.length).toBeGreaterThan(60);
  for (const version of ["2.0", "3.0", "3.1"])
    expect(documents.some((document) => document.startsWith(version))).toBe(true);
});

describe("every operation is read and every schema compiles in", () => {
  test.each(documents)("%s", async (document) => {
    const path = join(folder, document);
    const { operations, rejected } = await readDescription(path, createRealIo());
    expect(rejected).toEqual([]);
    expect(operations.map((operation) => `${operation.method} ${operation.path}`)).toEqual(
      await readDeclaredOperations(path),
    );
    for (const { parameters, body, definitions } of operations) {
      const schemas = [...parameters, ...(body?.content ?? [])].map(({ schema }) => schema);
      ajv.compile({
        $defs: { ...definitions, schemas: { prefixItems: [true, ...schemas] } },
        $ref: "#/$defs/schemas",
      });
    }
  });
});
