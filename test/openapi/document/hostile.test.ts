import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readDescriptionText } from "../../../src/openapi/read.ts";
import type { ApiDescription } from "../../../src/openapi/types.ts";
import { createDocument } from "../reading.ts";

// Reading takes about a second, several on a busy machine.
setDefaultTimeout(60_000);

/**
 * Creates the text of a document with one JSON body. The schema is text, because some are too deep for JSON.stringify.
 */
function withBody(schema: string, schemas = "{}"): string {
  return `{"openapi":"3.1.0","info":{"title":"A","version":"1"},"paths":{"/a":{"post":{"requestBody":{"content":{"application/json":{"schema":${schema}}}}}}},"components":{"schemas":${schemas}}}`;
}

async function outcome(text: string, location = "a.json"): Promise<string> {
  let description: ApiDescription;
  try {
    description = await readDescriptionText(text, location);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : "not an error";
  }
  const { operations, rejected } = description;
  return rejected[0]?.reason ?? `read, ${JSON.stringify(operations).length < 100_000 ? "small" : "large"}`;
}

const component = (name: string | number) => `{"$ref":"#/components/schemas/${name}"}`;

describe("a deep or large document ends in bounded time:", () => {
  test("10 MB of nested allOf", async () => {
    const depth = 500_000;
    const schema = `${'{"allOf":[{},'.repeat(depth)}{}${"]}".repeat(depth)}`;
    expect(schema.length).toBeGreaterThan(7_000_000);
    expect(await outcome(withBody(schema))).toBe("a schema is nested deeper than 200 levels");
  });

  test("10 MB of nested properties", async () => {
    const depth = 400_000;
    const schema = `${'{"properties":{"a":'.repeat(depth)}{}${"}}".repeat(depth)}`;
    expect(await outcome(withBody(schema))).toBe("a schema is nested deeper than 200 levels");
  });

  test("10 MB of parts in one allOf", async () => {
    const parts = Array.from(
      { length: 200_000 },
      (_, index) => `{"properties":{"p${index}":{"minLength":${index % 7}}}}`,
    );
    expect(await outcome(withBody(`{"allOf":[${parts.join(",")}]}`))).toBe(
      "its schemas are too large for a model",
    );
  });

  test("parts that cannot be merged and double with each schema", async () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `S${index}`,
        {
          allOf: [
            { $ref: `#/components/schemas/S${index + 1}` },
            { allOf: [{ $ref: `#/components/schemas/S${index + 1}` }, { pattern: `${index}` }] },
            { pattern: `a${index}` },
          ],
        },
      ]),
    );
    const text = withBody(
      component("S0"),
      JSON.stringify({ ...schemas, S40: { type: "string", pattern: "x" } }),
    );
    expect(await outcome(text)).toBe("read, small");
  });

  test("copies that double with each schema", async () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => {
        const next = { $ref: `#/components/schemas/S${index + 1}` };
        const copy = (name: string) => ({ allOf: [next, { required: [name] }] });
        return [`S${index}`, { type: "object", properties: { left: copy("a"), right: copy("b") } }];
      }),
    );
    const text = withBody(component("S0"), JSON.stringify({ ...schemas, S60: { type: "object" } }));
    expect(await outcome(text)).toBe("read, large");
  });

  test("a chain of a thousand parents", async () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [
        `S${index}`,
        { allOf: [{ $ref: `#/components/schemas/S${index + 1}` }, { properties: { a: {} } }] },
      ]),
    );
    const text = withBody(component("S0"), JSON.stringify({ ...schemas, S1000: {} }));
    expect(await outcome(text)).toBe("a schema is nested deeper than 200 levels");
  });

  test("deeply nested YAML", async () => {
    expect(await outcome(`openapi: 3.0.3\na: ${"[".repeat(100_000)}${"]".repeat(100_000)}`, "a.yaml")).toBe(
      "DocumentError: a.yaml: is nested too deeply to be read",
    );
  });

  test("deeply nested JSON that is truncated", async () => {
    expect(await outcome('{"a":'.repeat(500_000))).toStartWith("DocumentError: a.json: ");
  });
});

test("when all schemas refer to each other, each operation has the nearest definitions", async () => {
  const count = 600;
  const all = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`p${index}`, { $ref: `#/components/schemas/S${index}` }]),
  );
  const schemas = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `S${index}`,
      { type: "object", description: `The ${index}th`, properties: all },
    ]),
  );
  const paths = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `/${index}`,
      {
        post: {
          requestBody: {
            content: { "application/json": { schema: { $ref: `#/components/schemas/S${index}` } } },
          },
        },
      },
    ]),
  );
  const { operations, rejected } = await readDescriptionText(
    createDocument("3.0.3", { paths, components: { schemas } }),
    "a.json",
  );
  expect([operations.length, rejected]).toEqual([count, []]);
  const [first, second] = operations;
  // Operations that refer to the same schemas share their definitions.
  expect(first?.definitions).toBe(second?.definitions ?? {});
  expect(Object.keys(first?.definitions ?? {})).toHaveLength(count);
  expect(first?.definitions.S0).toMatchObject({ properties: { p599: { $ref: "#/$defs/S599" } } });
  expect(first?.definitions.S599).toEqual({ type: "object", description: "The 599th" });
});

test("An anchor, an id or a name that is an object is no text.", async () => {
  const odd = { toString: 1 };
  const names = { $dynamicAnchor: odd, $anchor: odd, $id: odd, description: odd };
  const dependents = { dependentRequired: { a: [odd] }, required: [odd] };
  const schema = { type: "object", properties: { a: { type: "string" } }, ...names, ...dependents };
  expect(await outcome(withBody(JSON.stringify(schema)))).toBe("read, small");
});

describe("circular definitions", () => {
  test("of references reject the operation", async () => {
    const schemas = { a: { $ref: "#/components/schemas/b" }, b: { $ref: "#/components/schemas/a" } };
    expect(await outcome(withBody(component("a"), JSON.stringify(schemas)))).toBe(
      "$ref #/components/schemas/a is circular",
    );
  });

  test("of parameters, bodies and path items reject their operations", async () => {
    const reference = (name: string) => ({ $ref: name });
    const text = createDocument("3.1.0", {
      paths: {
        "/a": { get: { parameters: [reference("#/components/parameters/a")] } },
        "/b": { post: { requestBody: reference("#/components/requestBodies/b") } },
        "/c": reference("#/paths/~1c"),
        "/d": { get: { responses: { 200: reference("#/components/responses/d") } } },
      },
      components: {
        parameters: { a: reference("#/components/parameters/a") },
        requestBodies: { b: reference("#/components/requestBodies/b") },
        responses: { d: reference("#/components/responses/d") },
      },
    });
    const { operations, rejected } = await readDescriptionText(text, "a.json");
    expect(rejected).toEqual([
      { method: "GET", path: "/a", reason: "$ref #/components/parameters/a is circular" },
      { method: "POST", path: "/b", reason: "$ref #/components/requestBodies/b is circular" },
      { method: "*", path: "/c", reason: "$ref #/paths/~1c is circular" },
    ]);
    expect(operations.map(({ path, responses }) => ({ path, responses }))).toEqual([
      { path: "/d", responses: [{ status: "200", description: "" }] },
    ]);
  });

  const circle = (pointer: string) => ({ $ref: `#/${pointer}` });
  const sharedParts: readonly (readonly [string, object, string])[] = [
    ["components", { components: circle("components") }, "components"],
    [
      "security schemes",
      { components: { securitySchemes: circle("components/securitySchemes") } },
      "components/securitySchemes",
    ],
    [
      "a security scheme",
      {
        components: { securitySchemes: { k: circle("components/securitySchemes/k") } },
        security: [{ k: [] }],
      },
      "components/securitySchemes/k",
    ],
    ["paths", { paths: circle("paths") }, "paths"],
    ["the information", { info: circle("info") }, "info"],
  ];

  test.each(sharedParts)("of %s are a warning, and the rest is read.", async (_, fields, pointer) => {
    const paths = { "/a": { get: { operationId: "a" } } };
    const text = createDocument("3.1.0", { paths, ...fields });
    const { operations, rejected, warnings } = await readDescriptionText(text, "a.json");
    expect([operations.map(({ path }) => path), rejected, warnings]).toEqual([
      pointer === "paths" ? [] : ["/a"],
      [],
      [expect.stringContaining(`$ref #/${pointer} is circular; `)],
    ]);
  });

  test("of a security scheme in Swagger 2.0 are a warning", async () => {
    const text = JSON.stringify({
      swagger: "2.0",
      info: { title: "A", version: "1" },
      host: "api.test",
      securityDefinitions: { k: circle("securityDefinitions/k") },
      security: [{ k: [] }],
      paths: { "/a": { get: { responses: {} } } },
    });
    const { operations, warnings } = await readDescriptionText(text, "a.json");
    expect([operations.length, warnings]).toEqual([
      1,
      [expect.stringContaining("$ref #/securityDefinitions/k is circular; ")],
    ]);
  });

  test("of anyOf and oneOf reject the operation", async () => {
    const schemas = {
      a: { anyOf: [{ $ref: "#/components/schemas/b" }, { type: "string" }] },
      b: { oneOf: [{ $ref: "#/components/schemas/a" }, { type: "integer" }] },
    };
    expect(
      await outcome(withBody(`{"type":"array","items":${component("a")}}`, JSON.stringify(schemas))),
    ).toMatch(/^schema [ab] is infinitely recursive$/);
  });

  test("of allOf are read", async () => {
    const schemas = {
      a: { allOf: [{ $ref: "#/components/schemas/b" }, { minLength: 1 }] },
      b: { allOf: [{ $ref: "#/components/schemas/a" }, { maxLength: 2 }] },
    };
    expect(await outcome(withBody(component("a"), JSON.stringify(schemas)))).toBe("read, small");
  });

  test("of a schema that refers to itself reject the operation", async () => {
    const schemas = { a: { $ref: "#/components/schemas/a", description: "a" } };
    expect(await outcome(withBody(`{"items":${component("a")}}`, JSON.stringify(schemas)))).toBe(
      "schema a is infinitely recursive",
    );
  });
});

describe("YAML aliases", () => {
  test.each([7, 12])("that multiply the values by ten on each of %d levels are rejected", async (levels) => {
    const lines = ["openapi: 3.0.3", "paths: {}", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < levels; level += 1)
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(", ")}]`);
    expect(await outcome(lines.join("\n"), "a.yaml")).toBe(
      "DocumentError: a.yaml: has YAML aliases that expand to more than 5000000 values",
    );
  });

  test("that contain themselves are rejected", async () => {
    expect(await outcome("openapi: 3.0.3\npaths: {}\na: &a\n  b: *a\n", "a.yaml")).toBe(
      "DocumentError: a.yaml: has a YAML anchor that contains itself",
    );
  });

  test("to a small value are read", async () => {
    const text =
      "openapi: 3.0.3\npaths: { /a: { get: { parameters: &p [{ name: a, in: query }] } }, /b: { get: { parameters: *p } } }\n";
    const { operations } = await readDescriptionText(text, "a.yaml");
    expect(operations.map(({ parameters }) => parameters.map(({ name }) => name))).toEqual([["a"], ["a"]]);
  });
});

test("each malformed part rejects at most its operation", async () => {
  const text = createDocument("3.0.3", {
    servers: "no list",
    security: { a: [] },
    tags: 5,
    paths: {
      "/a": null,
      "/b": [],
      "/c": { get: null, parameters: "none" },
      "/d": { get: { parameters: [null] } },
      "/e": { get: { parameters: [{ in: "query" }] } },
      "/f": { get: { parameters: [{ name: "a", in: "nowhere" }] } },
      "/g": { get: { responses: [], tags: "a", summary: 1, servers: [{}], security: "none" } },
      "/h": { post: { requestBody: [] } },
      "x-i": { get: {} },
    },
    components: { securitySchemes: { a: null, b: { type: "magic" } } },
  });
  const description = await readDescriptionText(text, "a.json");
  expect(description.warnings).toEqual(["a.json: a request body is not an object; it is left out"]);
  expect(description.rejected).toEqual([
    { method: "*", path: "/b", reason: "the path item is not an object" },
    { method: "GET", path: "/c", reason: "the operation is not an object" },
    { method: "GET", path: "/d", reason: "a parameter is not an object" },
    { method: "GET", path: "/e", reason: "a parameter has no name" },
    { method: "GET", path: "/f", reason: 'parameter a has the unknown location "nowhere"' },
  ]);
  expect(description.operations.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /g",
    "POST /h",
  ]);
  expect(description.securitySchemes).toEqual({
    a: { type: "unknown", name: "" },
    b: { type: "unknown", name: "magic" },
  });
});
