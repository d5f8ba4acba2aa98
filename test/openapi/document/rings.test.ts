import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { ApiRegistry } from "../../../src/apis/api-registry.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { testPorts } from "../../support/harness.ts";

/** Loads documents by file name, the first as the root. Returns the tools and the reasons of the rejections. */
async function load(documents: Readonly<Record<string, unknown>>) {
  const folder = await mkdtemp(`${tmpdir()}/specchat-rings-`);
  try {
    for (const [name, document] of Object.entries(documents))
      await Bun.write(`${folder}/${name}`, JSON.stringify(document));
    const argv = ["--spec", `${folder}/${Object.keys(documents)[0]}`, "--base-url", "http://127.0.0.1:1"];
    const { config } = loadConfig({ argv, environment: {}, readFile: () => undefined });
    const { tools, toolbox } = (await ApiRegistry.load(config, testPorts())).current;
    return {
      tools: tools.map(({ name, inputSchema }) => [name, Object.keys(Object(inputSchema.properties))]),
      rejected: toolbox.rejected.map(({ method, path, reason }) => `${method} ${path}: ${reason}`),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const plain = { operationId: "plain", parameters: [{ name: "q", in: "query", schema: { type: "string" } }] };
const swaggerPlain = { operationId: "plain", parameters: [{ name: "q", in: "query", type: "string" }] };
const RING = /^POST \/ring: schema \w+ is infinitely recursive$/;
const expectOnlyPlain = ({ tools, rejected }: Awaited<ReturnType<typeof load>>, reason: RegExp = RING) => {
  expect(tools).toEqual([["plain", ["q"]]]);
  expect(rejected).toEqual([expect.stringMatching(reason)]);
};

const component = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const version3 = (version: string, operation: unknown, schemas: unknown) => ({
  openapi: version,
  info: { title: "Rings", version: "1" },
  paths: { "/ring": { post: operation }, "/plain": { get: plain } },
  components: { schemas },
});

/** Schemas that apply themselves to the same value, entered at A. */
const rings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "allOf with itself alone": { A: { allOf: [component("A")] } },
  "two schemas of nothing but allOf": { A: { allOf: [component("B")] }, B: { allOf: [component("A")] } },
  "three schemas of nothing but allOf": {
    A: { allOf: [component("B")] },
    B: { allOf: [component("C")] },
    C: { allOf: [component("A")] },
  },
  "an entrance to a ring of allOf": {
    A: { allOf: [component("B")] },
    B: { allOf: [component("C")] },
    C: { allOf: [component("B")] },
  },
  "allOf with descriptions": {
    A: { description: "a", allOf: [component("B")] },
    B: { title: "b", allOf: [component("A")] },
  },
  "allOf and oneOf": { A: { allOf: [component("B")] }, B: { oneOf: [component("A"), { type: "integer" }] } },
  "allOf and not": { A: { allOf: [component("B")] }, B: { not: component("A") } },
};

/** Operations that refer to a schema in each place of a request. */
const places: Readonly<Record<string, (schema: unknown) => unknown>> = {
  ...Object.fromEntries(
    [
      "application/json",
      "application/merge-patch+json",
      "application/xml",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "application/x-ndjson",
      "application/yaml",
      "text/csv",
      "text/plain",
      "application/octet-stream",
    ].map((type) => [
      `a body of ${type}`,
      (schema: unknown) => ({ requestBody: { content: { [type]: { schema } } } }),
    ]),
  ),
  "one of several bodies": (schema) => ({
    requestBody: { content: { "application/json": { schema: {} }, "application/xml": { schema } } },
  }),
  "a query parameter": (schema) => ({ parameters: [{ name: "q", in: "query", schema }] }),
  "a deepObject parameter": (schema) => ({
    parameters: [{ name: "q", in: "query", style: "deepObject", schema }],
  }),
  "a header parameter": (schema) => ({ parameters: [{ name: "X-Ring", in: "header", schema }] }),
  "a cookie parameter": (schema) => ({ parameters: [{ name: "ring", in: "cookie", schema }] }),
  "a parameter with content": (schema) => ({
    parameters: [{ name: "q", in: "query", content: { "application/json": { schema } } }],
  }),
};

describe.each(["3.0.3", "3.1.0", "3.2.0"])("in OpenAPI %s, an operation is rejected", (version) => {
  test.each(Object.keys(places))("for a ring of allOf in %s", async (place) => {
    const operation = places[place]?.(component("A"));
    expectOnlyPlain(
      await load({ "root.json": version3(version, operation, rings["two schemas of nothing but allOf"]) }),
    );
  });

  test.each(Object.keys(rings))("for %s", async (ring) => {
    const operation = places["a body of application/json"]?.(component("A"));
    expectOnlyPlain(await load({ "root.json": version3(version, operation, rings[ring]) }));
  });

  test("for a ring of allOf in the items of a list and in a map", async () => {
    const lists = [
      { type: "array", items: component("A") },
      { additionalProperties: component("A") },
      { properties: { a: component("A") } },
    ];
    for (const schema of lists)
      expectOnlyPlain(
        await load({
          "root.json": version3(
            version,
            places["a body of application/json"]?.(schema),
            rings["two schemas of nothing but allOf"],
          ),
        }),
      );
  });
});

test("In Swagger 2.0, a ring of allOf in the body or a list rejects its operation.", async () => {
  const definitions = {
    A: { allOf: [{ $ref: "#/definitions/B" }] },
    B: { allOf: [{ $ref: "#/definitions/A" }] },
  };
  const schema = { $ref: "#/definitions/A" };
  for (const parameter of [
    { name: "body", in: "body", schema },
    { name: "q", in: "query", type: "array", items: schema },
    { name: "f", in: "formData", type: "array", items: schema },
  ])
    expectOnlyPlain(
      await load({
        "root.json": {
          swagger: "2.0",
          info: { title: "Rings", version: "1" },
          paths: { "/ring": { post: { parameters: [parameter] } }, "/plain": { get: swaggerPlain } },
          definitions,
        },
      }),
    );
});

test("A ring of allOf over several files rejects its operation.", async () => {
  const operation = { requestBody: { content: { "application/json": { schema: { $ref: "a.json" } } } } };
  expectOnlyPlain(
    await load({
      "root.json": version3("3.1.0", operation, {}),
      "a.json": { allOf: [{ $ref: "b.json#/$defs/B" }] },
      "b.json": { $defs: { B: { allOf: [{ $ref: "a.json" }] } } },
    }),
  );
});

test("A ring of allOf through $dynamicRef and $anchor rejects its operation.", async () => {
  const operation = places["a body of application/json"]?.(component("A"));
  for (const B of [
    { $dynamicAnchor: "b", allOf: [component("A")] },
    { $anchor: "b", allOf: [component("A")] },
  ])
    expectOnlyPlain(
      await load({
        "root.json": version3("3.1.0", operation, {
          A: { allOf: [{ [B.$dynamicAnchor === undefined ? "$ref" : "$dynamicRef"]: "#b" }] },
          B,
        }),
      }),
    );
});

test("A querystring parameter with a ring of allOf rejects its operation.", async () => {
  const content = { "application/json": { schema: component("A") } };
  expectOnlyPlain(
    await load({
      "root.json": version3(
        "3.2.0",
        { parameters: [{ name: "q", in: "querystring", content }] },
        rings["two schemas of nothing but allOf"],
      ),
    }),
  );
});

test("A schema that contains itself through a property, a list or a map stays a tool.", async () => {
  const Node = {
    allOf: [component("Base")],
    properties: {
      children: { type: "array", items: component("Node") },
      byName: { additionalProperties: component("Node") },
    },
  };
  const Base = { type: "object", properties: { parent: component("Node") } };
  const operation = {
    operationId: "ring",
    ...Object(places["a body of application/json"]?.(component("Node"))),
  };
  const { tools, rejected } = await load({ "root.json": version3("3.1.0", operation, { Node, Base }) });
  expect(rejected).toEqual([]);
  expect(tools).toEqual([
    ["ring", ["children", "byName", "parent"]],
    ["plain", ["q"]],
  ]);
});
