import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { objectOf } from "../../src/openapi/document/value.ts";
import { readDescription } from "../../src/openapi/read.ts";
import type { ApiDescription, Operation } from "../../src/openapi/types.ts";
import { createRealIo } from "./reading.ts";

// Reading takes about a second, several on a busy machine.
setDefaultTimeout(60_000);

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

describe.each(["api.github.com", "ghes-3.19"])("GitHub document %s:", (name) => {
  const path = require.resolve(`@octokit/openapi/generated/${name}.json`);
  let description: ApiDescription;
  let declared: string[];

  beforeAll(async () => {
    const document = objectOf(await Bun.file(path).json());
    declared = Object.entries(objectOf(document.paths)).flatMap(([template, item]) =>
      Object.keys(objectOf(item))
        .filter((key) => METHODS.includes(key))
        .map((key) => `${key.toUpperCase()} ${template}`),
    );
    description = await readDescription(path, createRealIo());
  });

  test("every operation is read, in the order of the document", () => {
    expect(description.rejected).toEqual([]);
    expect(description.operations.map(({ method, path }) => `${method} ${path}`)).toEqual(declared);
    expect(declared.length).toBeGreaterThan(1000);
  });

  test("every schema is valid draft 2020-12 and compiles with the definitions of its operation", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
    const seen = new Set<unknown>();
    const problems: string[] = [];
    for (const operation of description.operations)
      for (const [name, schema] of schemasOf(operation)) {
        if (seen.has(schema)) continue;
        seen.add(schema);
        const root = { type: "object", properties: { value: schema }, $defs: operation.definitions };
        try {
          ajv.compile(root);
        } catch (error) {
          problems.push(`${operation.method} ${operation.path} ${name}: ${error}`);
        }
      }
    expect(problems).toEqual([]);
    expect(seen.size).toBeGreaterThan(500);
  });

  test("no root schema is only a reference", () => {
    const bare = description.operations.flatMap((operation) =>
      schemasOf(operation).filter(([, schema]) => "$ref" in schema && Object.keys(schema).length === 1),
    );
    expect(bare).toEqual([]);
  });
});

function schemasOf(operation: Operation) {
  return [
    ...operation.parameters.map(({ name, schema }) => [name, schema] as const),
    ...(operation.body?.content ?? []).map(({ mediaType, schema }) => [mediaType, schema] as const),
  ];
}
