import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readDescriptionText } from "../../../src/openapi/read.ts";
import type { ApiDescription } from "../../../src/openapi/types.ts";
import { createDocument } from "../reading.ts";

// Seconds on a busy machine, where a second is the rule.
setDefaultTimeout(60_000);

/** A document whose only operation has a JSON body of the given schema, as text: some are too deep to be written from values. */
function withBody(schema: string, schemas = "{}"): string {
  return `{"openapi":"3.1.0","info":{"title":"A","version":"1"},"paths":{"/a":{"post":{"requestBody":{"content":{"application/json":{"schema":${schema}}}}}}},"components":{"schemas":${schemas}}}`;
}

async function outcome(text: string, location = "a.json"): Promise<string> {
  let description: ApiDescription;
  try {
    description = await readDescriptionText(text, location);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : "what was thrown is no error";
  }
  const { operations, rejected } = description;
  return rejected[0]?.reason ?? `read, ${JSON.stringify(operations).length < 100_000 ? "small" : "large"}`;
}

const component = (name: string | number) => `{"$ref":"#/components/schemas/${name}"}`;

describe("deep documents", () => {
  test("10 MB of allOf in allOf", async () => {
    const depth = 500_000;
    const schema = `${'{"allOf":[{},'.repeat(depth)}{}${"]}".repeat(depth)}`;
    expect(schema.length).toBeGreaterThan(7_000_000);
    expect(await outcome(withBody(schema))).toBe("a schema is nested deeper than 200 levels");
  });

  test("10 MB of properties in properties", async () => {
    const depth = 400_000;
    const schema = `${'{"properties":{"a":'.repeat(depth)}{}${"}}".repeat(depth)}`;
    expect(await outcome(withBody(schema))).toBe("a schema is nested deeper than 200 levels");
  });

  test("10 MB of allOf side by side", async () => {
    const parts = Array.from(
      { length: 200_000 },
      (_, index) => `{"properties":{"p${index}":{"minLength":${index % 7}}}}`,
    );
    expect(await outcome(withBody(`{"allOf":[${parts.join(",")}]}`))).toBe(
      "its schemas are too large to be told to a model",
    );
  });

  test("parts that cannot be merged, doubling from schema to schema", async () => {
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

  test("copies that double from schema to schema", async () => {
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

  test("deep YAML", async () => {
    expect(await outcome(`openapi: 3.0.3\na: ${"[".repeat(100_000)}${"]".repeat(100_000)}`, "a.yaml")).toBe(
      "DocumentError: a.yaml: is nested too deeply to be read",
    );
  });

  test("deep JSON that breaks off", async () => {
    expect(await outcome('{"a":'.repeat(500_000))).toStartWith("DocumentError: a.json: ");
  });
});

test("of schemas that lead from anywhere to everywhere, each operation holds the nearest", async () => {
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
  // One operation's definitions are those of every other that begins at the same schemas.
  expect(first?.definitions).toBe(second?.definitions ?? {});
  expect(Object.keys(first?.definitions ?? {})).toHaveLength(count);
  expect(first?.definitions.S0).toMatchObject({ properties: { p599: { $ref: "#/$defs/S599" } } });
  expect(first?.definitions.S599).toEqual({ type: "object", description: "The 599th" });
});

describe("circles", () => {
  test("of references", async () => {
    const schemas = { a: { $ref: "#/components/schemas/b" }, b: { $ref: "#/components/schemas/a" } };
    expect(await outcome(withBody(component("a"), JSON.stringify(schemas)))).toBe(
      "$ref #/components/schemas/a leads round in a circle",
    );
  });

  test("of references to parameters, bodies and path items", async () => {
    const round = (name: string) => ({ $ref: name });
    const text = createDocument("3.1.0", {
      paths: {
        "/a": { get: { parameters: [round("#/components/parameters/a")] } },
        "/b": { post: { requestBody: round("#/components/requestBodies/b") } },
        "/c": round("#/paths/~1c"),
        "/d": { get: { responses: { 200: round("#/components/responses/d") } } },
      },
      components: {
        parameters: { a: round("#/components/parameters/a") },
        requestBodies: { b: round("#/components/requestBodies/b") },
        responses: { d: round("#/components/responses/d") },
      },
    });
    const { operations, rejected } = await readDescriptionText(text, "a.json");
    expect(rejected).toEqual([
      { method: "GET", path: "/a", reason: "$ref #/components/parameters/a leads round in a circle" },
      { method: "POST", path: "/b", reason: "$ref #/components/requestBodies/b leads round in a circle" },
      { method: "*", path: "/c", reason: "$ref #/paths/~1c leads round in a circle" },
    ]);
    expect(operations.map(({ path, responses }) => ({ path, responses }))).toEqual([
      { path: "/d", responses: [{ status: "200", description: "" }] },
    ]);
  });

  test("of choices that are each other", async () => {
    const schemas = {
      a: { anyOf: [{ $ref: "#/components/schemas/b" }, { type: "string" }] },
      b: { oneOf: [{ $ref: "#/components/schemas/a" }, { type: "integer" }] },
    };
    expect(
      await outcome(withBody(`{"type":"array","items":${component("a")}}`, JSON.stringify(schemas))),
    ).toMatch(/^schema [ab] contains itself without end$/);
  });

  test("of parents that are each other", async () => {
    const schemas = {
      a: { allOf: [{ $ref: "#/components/schemas/b" }, { minLength: 1 }] },
      b: { allOf: [{ $ref: "#/components/schemas/a" }, { maxLength: 2 }] },
    };
    expect(await outcome(withBody(component("a"), JSON.stringify(schemas)))).toBe("read, small");
  });

  test("of a schema that is a reference to itself", async () => {
    const schemas = { a: { $ref: "#/components/schemas/a", description: "a" } };
    expect(await outcome(withBody(`{"items":${component("a")}}`, JSON.stringify(schemas)))).toBe(
      "schema a contains itself without end",
    );
  });
});

describe("YAML aliases", () => {
  test.each([7, 12])("that expand to ten times as many values on each of %d levels", async (levels) => {
    const lines = ["openapi: 3.0.3", "paths: {}", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < levels; level += 1)
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(", ")}]`);
    expect(await outcome(lines.join("\n"), "a.yaml")).toBe(
      "DocumentError: a.yaml: has YAML aliases that expand to more than 5000000 values",
    );
  });

  test("that contain themselves", async () => {
    expect(await outcome("openapi: 3.0.3\npaths: {}\na: &a\n  b: *a\n", "a.yaml")).toBe(
      "DocumentError: a.yaml: has a YAML anchor that contains itself",
    );
  });

  test("in use are read", async () => {
    const text =
      "openapi: 3.0.3\npaths: { /a: { get: { parameters: &p [{ name: a, in: query }] } }, /b: { get: { parameters: *p } } }\n";
    const { operations } = await readDescriptionText(text, "a.yaml");
    expect(operations.map(({ parameters }) => parameters.map(({ name }) => name))).toEqual([["a"], ["a"]]);
  });
});

test("parts that are not what they should be reject one operation each, or nothing", async () => {
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
  expect(description.rejected).toEqual([
    { method: "GET", path: "/c", reason: "the operation is not an object" },
    { method: "GET", path: "/d", reason: "a parameter is not an object" },
    { method: "GET", path: "/e", reason: "a parameter has no name" },
    { method: "GET", path: "/f", reason: 'parameter a goes in "nowhere", which is not known' },
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
