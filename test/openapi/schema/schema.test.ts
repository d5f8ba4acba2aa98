import { describe, expect, test } from "bun:test";
import type { JsonSchema } from "../../../src/chat/types.ts";
import { readBodySchema, readDocument } from "../reading.ts";

/** [title, schema in the document, schema for the request] */
type Row = readonly [string, unknown, JsonSchema];

const EITHER_VERSION: readonly Row[] = [
  ["true allows everything", true, {}],
  ["false allows nothing", false, { not: {} }],
  ["an empty schema is kept", {}, {}],
  [
    "OpenAPI keywords other than xml are dropped, and extensions too",
    { type: "string", xml: { name: "a" }, externalDocs: { url: "b" }, "x-c": 1 },
    { type: "string", xml: { name: "a" } },
  ],
  [
    "identifiers are dropped",
    { $id: "a", $anchor: "b", $schema: "c", $comment: "d", type: "string" },
    { type: "string" },
  ],
  ["an example becomes examples", { type: "string", example: "a" }, { type: "string", examples: ["a"] }],
  ["examples take precedence over example", { examples: ["a"], example: "b" }, { examples: ["a"] }],
  ["a map of examples becomes a list", { examples: { one: { value: 1 } } }, { examples: [1] }],
  [
    "a null example is kept",
    { type: "string", nullable: true, example: null },
    { type: ["string", "null"], examples: [null] },
  ],
  [
    "an unknown format is kept",
    { type: "string", format: "hat-size" },
    { type: "string", format: "hat-size" },
  ],
  ["an unknown type is dropped", { type: "any", description: "a" }, { description: "a" }],
  ["an alias of a type is replaced", { type: "int", minimum: 1 }, { type: "integer", minimum: 1 }],
  ["a pattern is kept as text", { type: "string", pattern: "(?i)^a" }, { type: "string", pattern: "(?i)^a" }],
  ["quoted numbers become numbers", { minimum: "1", maxLength: "2" }, { minimum: 1, maxLength: 2 }],
  ["a negative length is dropped", { type: "string", minLength: -1 }, { type: "string" }],
  ["a fractional length is dropped", { type: "string", minLength: 1.5 }, { type: "string" }],
  ["multipleOf zero is dropped", { type: "number", multipleOf: 0 }, { type: "number" }],
  ["an empty enum is dropped", { type: "string", enum: [] }, { type: "string" }],
  ["an empty oneOf is dropped", { type: "string", oneOf: [] }, { type: "string" }],
  ["required: true is dropped", { type: "string", required: true }, { type: "string" }],
  [
    "duplicate required names are dropped",
    { type: "object", required: ["a", "a", 1] },
    { type: "object", required: ["a"] },
  ],
  [
    "a title or description that is not a string is dropped",
    { title: ["a"], description: 5, type: "string" },
    { type: "string" },
  ],
  [
    "a property without a schema allows anything",
    { type: "object", properties: { a: null } },
    { type: "object", properties: { a: {} } },
  ],
  ["properties imply an object", { properties: { a: {} } }, { type: "object", properties: { a: {} } }],
  ["items imply an array", { items: { type: "string" } }, { type: "array", items: { type: "string" } }],
  [
    "a list of items becomes prefixItems",
    { type: "array", items: [{ type: "string" }, { type: "integer" }], additionalItems: false },
    { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }], items: false },
  ],
  [
    "exclusiveMinimum: true makes minimum exclusive",
    { type: "number", minimum: 1, exclusiveMinimum: true },
    { type: "number", exclusiveMinimum: 1 },
  ],
  [
    "exclusiveMaximum: true makes maximum exclusive",
    { type: "number", maximum: 1, exclusiveMaximum: true },
    { type: "number", exclusiveMaximum: 1 },
  ],
  [
    "exclusiveMinimum: false is dropped",
    { type: "number", minimum: 1, exclusiveMinimum: false },
    { type: "number", minimum: 1 },
  ],
  [
    "exclusiveMinimum: true without a minimum is dropped",
    { type: "number", exclusiveMinimum: true },
    { type: "number" },
  ],
  [
    "exclusiveMinimum as a number is kept",
    { type: "number", exclusiveMinimum: 1 },
    { type: "number", exclusiveMinimum: 1 },
  ],
  ["nullable adds null to the type", { type: "string", nullable: true }, { type: ["string", "null"] }],
  ["nullable: false is dropped", { type: "string", nullable: false }, { type: "string" }],
  [
    "nullable adds null to an enum",
    { type: "string", enum: ["a"], nullable: true },
    { type: ["string", "null"], enum: ["a", null] },
  ],
  ["nullable keeps an enum that has a null", { enum: ["a", null], nullable: true }, { enum: ["a", null] }],
  [
    "nullable adds null to oneOf",
    { nullable: true, oneOf: [{ type: "string" }, { type: "integer" }] },
    { oneOf: [{ type: "string" }, { type: "integer" }, { type: "null" }] },
  ],
  [
    "nullable keeps anyOf that has a null",
    { nullable: true, anyOf: [{ type: "string" }, { type: "null" }] },
    { anyOf: [{ type: "string" }, { type: "null" }] },
  ],
  [
    "nullable without a type is dropped: the schema allows null already",
    { nullable: true, description: "a" },
    { description: "a" },
  ],
  [
    "read-only properties are removed, also from required",
    {
      type: "object",
      required: ["id", "name"],
      properties: { id: { type: "string", readOnly: true }, name: { type: "string" } },
    },
    { type: "object", required: ["name"], properties: { name: { type: "string" } } },
  ],
  [
    "read-only properties are removed at every depth",
    { type: "array", items: { type: "object", required: ["id"], properties: { id: { readOnly: true } } } },
    { type: "array", items: { type: "object", properties: {} } },
  ],
  [
    "write-only properties are kept",
    { type: "object", properties: { password: { type: "string", writeOnly: true } } },
    { type: "object", properties: { password: { type: "string" } } },
  ],
  [
    "properties may have the names of keywords",
    {
      type: "object",
      properties: {
        $ref: { type: "string" },
        type: { type: "string" },
        nullable: { type: "boolean" },
        constructor: { type: "string" },
      },
    },
    {
      type: "object",
      properties: {
        $ref: { type: "string" },
        type: { type: "string" },
        nullable: { type: "boolean" },
        constructor: { type: "string" },
      },
    },
  ],
  [
    "values are not read as schemas",
    { default: { nullable: true, $ref: "#/x" }, enum: [{ "x-a": 1 }] },
    { default: { nullable: true, $ref: "#/x" }, enum: [{ "x-a": 1 }] },
  ],
  [
    "an enum of strings makes an integer a string",
    { type: "integer", format: "int32", enum: ["Primary"] },
    { type: "string", enum: ["Primary"] },
  ],
  [
    "an enum of booleans makes a string a boolean",
    { type: "string", enum: [true, false] },
    { type: "boolean", enum: [true, false] },
  ],
  [
    "an enum of quoted numbers makes a number a string",
    { type: "number", enum: ["1", "2"] },
    { type: "string", enum: ["1", "2"] },
  ],
  [
    "an enum of several types has all of them",
    { type: "string", enum: ["a", 1] },
    { type: ["integer", "string"], enum: ["a", 1] },
  ],
  ["integers are numbers", { type: "number", enum: [1, 2.5] }, { type: "number", enum: [1, 2.5] }],
  [
    "an enum of scalars on an array moves to its items",
    { type: "array", enum: ["a", "b"], items: { type: "string" } },
    { type: "array", items: { type: "string", enum: ["a", "b"] } },
  ],
  [
    "an enum of scalars on an array without items creates items",
    { type: "array", enum: ["a"] },
    { type: "array", items: { enum: ["a"] } },
  ],
  [
    "items with an enum keep it",
    { type: "array", enum: ["a"], items: { type: "string", enum: ["b"] } },
    { type: "array", items: { type: "string", enum: ["b"] } },
  ],
  [
    "an enum of arrays is kept",
    { type: "array", enum: [["a"], ["b"]] },
    { type: "array", enum: [["a"], ["b"]] },
  ],
  [
    "an object whose example is not an object allows anything",
    { type: "object", example: 12.3 },
    { examples: [12.3] },
  ],
  [
    "an object whose default is not an object allows anything",
    { type: "object", default: "a" },
    { default: "a" },
  ],
  [
    "an object with properties stays an object",
    { type: "object", properties: {}, example: 5 },
    { type: "object", properties: {}, examples: [5] },
  ],
  [
    "additionalProperties with a schema is kept",
    { type: "object", additionalProperties: { type: "string", externalDocs: { url: "b" } } },
    { type: "object", additionalProperties: { type: "string" } },
  ],
];

const ALL_OF: readonly Row[] = [
  [
    "a single part replaces allOf",
    { allOf: [{ type: "string", minLength: 1 }] },
    { type: "string", minLength: 1 },
  ],
  [
    "objects are merged",
    {
      allOf: [
        { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
        { type: "object", properties: { b: { type: "integer" } }, required: ["b"] },
      ],
      description: "both",
    },
    {
      description: "both",
      type: "object",
      properties: { a: { type: "string" }, b: { type: "integer" } },
      required: ["a", "b"],
    },
  ],
  [
    "keywords next to allOf are merged",
    {
      type: "object",
      required: ["a"],
      properties: { a: { type: "string" } },
      allOf: [{ required: ["b"], properties: { b: {} } }],
    },
    { type: "object", required: ["a", "b"], properties: { a: { type: "string" }, b: {} } },
  ],
  [
    "a property of two parts must satisfy both",
    {
      allOf: [
        { type: "object", properties: { a: { type: "number", minimum: 1 } } },
        { type: "object", properties: { a: { type: "integer", minimum: 3, maximum: 9 } } },
      ],
    },
    { type: "object", properties: { a: { type: "integer", minimum: 3, maximum: 9 } } },
  ],
  [
    "a property that could not be merged stays in allOf",
    {
      allOf: [
        { properties: { a: { allOf: [{ pattern: "^a" }, { pattern: "b" }] } } },
        { properties: { a: { type: "string", pattern: "c$" } } },
      ],
    },
    {
      type: "object",
      properties: { a: { pattern: "^a", allOf: [{ pattern: "b" }, { type: "string", pattern: "c$" }] } },
    },
  ],
  ["enums are intersected", { allOf: [{ enum: ["a", "b"] }, { enum: ["b", "c"] }] }, { enum: ["b"] }],
  [
    "conflicting types stay in allOf",
    { allOf: [{ type: "string" }, { type: "integer" }] },
    { type: "string", allOf: [{ type: "integer" }] },
  ],
  [
    "two patterns stay in allOf",
    { allOf: [{ pattern: "^a" }, { pattern: "b$" }] },
    { pattern: "^a", allOf: [{ pattern: "b$" }] },
  ],
  [
    "one oneOf is merged",
    {
      allOf: [
        { type: "object", properties: { a: {} } },
        { oneOf: [{ required: ["a"] }, { required: ["b"] }] },
      ],
    },
    { type: "object", properties: { a: {} }, oneOf: [{ required: ["a"] }, { required: ["b"] }] },
  ],
  [
    "two oneOf stay in allOf",
    {
      allOf: [
        { oneOf: [{ required: ["a"] }, { required: ["b"] }] },
        { oneOf: [{ required: ["c"] }, { required: ["d"] }] },
      ],
    },
    {
      oneOf: [{ required: ["a"] }, { required: ["b"] }],
      allOf: [{ oneOf: [{ required: ["c"] }, { required: ["d"] }] }],
    },
  ],
  [
    "additionalProperties: false covers the properties of all parts",
    {
      allOf: [
        { type: "object", properties: { a: {} }, additionalProperties: false },
        { type: "object", properties: { b: {} }, additionalProperties: false },
      ],
    },
    { type: "object", properties: { a: {}, b: {} }, additionalProperties: false },
  ],
  [
    "a part with a schema for additional properties stays in allOf",
    {
      allOf: [
        { type: "object", properties: { a: {} } },
        { type: "object", additionalProperties: { type: "string" } },
      ],
    },
    {
      type: "object",
      properties: { a: {} },
      allOf: [{ type: "object", additionalProperties: { type: "string" } }],
    },
  ],
  [
    "read-only properties of one part are not required by another",
    {
      allOf: [
        { type: "object", properties: { id: { readOnly: true }, a: {} } },
        { type: "object", required: ["id", "a"] },
      ],
    },
    { type: "object", properties: { a: {} }, required: ["a"] },
  ],
  [
    "nullable applies to the merged part",
    { nullable: true, allOf: [{ type: "object", properties: { a: {} } }] },
    { type: ["object", "null"], properties: { a: {} } },
  ],
  [
    "nested allOf are merged",
    { allOf: [{ allOf: [{ properties: { a: {} } }] }, { properties: { b: {} } }] },
    { type: "object", properties: { a: {}, b: {} } },
  ],
];

describe.each(["3.0.3", "3.1.0", "3.2.0"] as const)("a schema of OpenAPI %s:", (version) => {
  test.each([...EITHER_VERSION, ...ALL_OF])("%s", async (_name, input, expected) => {
    expect(await readBodySchema(version, input)).toEqual({ schema: expected, definitions: {} });
  });
});

describe("a schema of OpenAPI 3.1:", () => {
  const rows: readonly Row[] = [
    ["a list of types is kept", { type: ["string", "null"] }, { type: ["string", "null"] }],
    ["a list of one type becomes a type", { type: ["string"] }, { type: "string" }],
    ["const is kept", { const: 5 }, { const: 5 }],
    [
      "if, then and else are kept",
      JSON.parse('{ "if": { "type": "string" }, "then": { "minLength": 1 }, "else": false }'),
      JSON.parse('{ "if": { "type": "string" }, "then": { "minLength": 1 }, "else": false }'),
    ],
    [
      "prefixItems is kept",
      { type: "array", prefixItems: [{ const: 1, externalDocs: { url: "b" } }] },
      { type: "array", prefixItems: [{ const: 1 }] },
    ],
    [
      "dependentSchemas and dependentRequired are kept",
      { dependentSchemas: { a: { required: ["b"] } }, dependentRequired: { a: ["c"] } },
      { dependentSchemas: { a: { required: ["b"] } }, dependentRequired: { a: ["c"] } },
    ],
  ];
  test.each(rows)("%s", async (_name, input, expected) => {
    expect(await readBodySchema("3.1.0", input)).toEqual({ schema: expected, definitions: {} });
  });
});

describe("a reference", () => {
  const Pet = { type: "object", properties: { name: { type: "string" } } };

  test("at the root is replaced by its target", async () => {
    expect(await readBodySchema("3.0.3", { $ref: "#/components/schemas/Pet" }, { Pet })).toEqual({
      schema: Pet,
      definitions: {},
    });
  });

  test("below the root becomes a reference to a definition", async () => {
    const input = { type: "array", items: { $ref: "#/components/schemas/Pet" } };
    expect(await readBodySchema("3.0.3", input, { Pet })).toEqual({
      schema: { type: "array", items: { $ref: "#/$defs/Pet" } },
      definitions: { Pet },
    });
  });

  test("loses its sibling keywords in 3.0 and keeps them in 3.1", async () => {
    const input = { properties: { a: { $ref: "#/components/schemas/Pet", description: "mine" } } };
    const { schema: schema30 } = await readBodySchema("3.0.3", input, { Pet });
    const { schema: schema31 } = await readBodySchema("3.1.0", input, { Pet });
    expect(schema30).toEqual({ type: "object", properties: { a: { $ref: "#/$defs/Pet" } } });
    expect(schema31).toEqual({
      type: "object",
      properties: { a: { $ref: "#/$defs/Pet", description: "mine" } },
    });
  });

  test("in allOf with a description keeps the description", async () => {
    const input = {
      properties: { a: { allOf: [{ $ref: "#/components/schemas/Pet" }], description: "mine" } },
    };
    expect((await readBodySchema("3.0.3", input, { Pet })).schema).toEqual({
      type: "object",
      properties: { a: { $ref: "#/$defs/Pet", description: "mine" } },
    });
  });

  test("that is nullable becomes anyOf with null", async () => {
    const input = {
      properties: {
        a: { allOf: [{ $ref: "#/components/schemas/Pet" }], nullable: true, description: "mine" },
      },
    };
    expect((await readBodySchema("3.0.3", input, { Pet })).schema).toEqual({
      type: "object",
      properties: { a: { description: "mine", anyOf: [{ $ref: "#/$defs/Pet" }, { type: "null" }] } },
    });
  });

  test("to a read-only schema makes the property read-only", async () => {
    const input = {
      properties: { id: { $ref: "#/components/schemas/Id" }, name: { type: "string" } },
      required: ["id"],
    };
    expect((await readBodySchema("3.0.3", input, { Id: { type: "string", readOnly: true } })).schema).toEqual(
      {
        type: "object",
        properties: { name: { type: "string" } },
      },
    );
  });

  test("to a parent in allOf is merged without read-only properties", async () => {
    const schemas = {
      Base: {
        type: "object",
        required: ["id"],
        properties: { id: { type: "string", readOnly: true }, kind: {} },
      },
      Cat: {
        allOf: [
          { $ref: "#/components/schemas/Base" },
          { type: "object", required: ["id", "lives"], properties: { lives: { type: "integer" } } },
        ],
      },
    };
    expect(await readBodySchema("3.0.3", { $ref: "#/components/schemas/Cat" }, schemas)).toEqual({
      schema: { type: "object", properties: { kind: {}, lives: { type: "integer" } }, required: ["lives"] },
      definitions: {},
    });
  });

  test("to its own schema stays recursive", async () => {
    const Node = { type: "object", properties: { next: { $ref: "#/components/schemas/Node" } } };
    const read = { type: "object", properties: { next: { $ref: "#/$defs/Node" } } };
    expect(await readBodySchema("3.0.3", { $ref: "#/components/schemas/Node" }, { Node })).toEqual({
      schema: read,
      definitions: { Node: read },
    });
  });

  test("may be mutually recursive", async () => {
    const schemas = {
      A: { type: "object", properties: { b: { $ref: "#/components/schemas/B" } } },
      B: { type: "array", items: { $ref: "#/components/schemas/A" } },
    };
    const A = { type: "object", properties: { b: { $ref: "#/$defs/B" } } };
    const B = { type: "array", items: { $ref: "#/$defs/A" } };
    expect(await readBodySchema("3.1.0", { $ref: "#/components/schemas/A" }, schemas)).toEqual({
      schema: A,
      definitions: { A, B },
    });
  });

  test("may be recursive through allOf", async () => {
    const schemas = {
      A: { allOf: [{ $ref: "#/components/schemas/B" }, { type: "object", properties: { a: {} } }] },
      B: {
        type: "object",
        properties: {
          b: { allOf: [{ $ref: "#/components/schemas/A" }, { type: "object", required: ["b"] }] },
        },
      },
    };
    expect(await readBodySchema("3.1.0", { $ref: "#/components/schemas/A" }, schemas)).toEqual({
      schema: {
        type: "object",
        properties: { b: { $ref: "#/$defs/A", type: "object", required: ["b"] }, a: {} },
      },
      definitions: {
        A: {
          type: "object",
          properties: { b: { $ref: "#/$defs/A", type: "object", required: ["b"] }, a: {} },
        },
      },
    });
  });

  test("to a name with special characters gets a unique plain name", async () => {
    const input = {
      type: "object",
      properties: {
        a: { $ref: "#/components/schemas/a b" },
        b: { $ref: "#/components/schemas/a~1b" },
        c: { $ref: "#/components/schemas/a%25b" },
      },
    };
    const schemas = { "a b": { const: 1 }, "a/b": { const: 2 }, "a%b": { const: 3 } };
    expect(await readBodySchema("3.1.0", input, schemas)).toEqual({
      schema: {
        type: "object",
        properties: { a: { $ref: "#/$defs/a_b" }, b: { $ref: "#/$defs/b" }, c: { $ref: "#/$defs/a_b_2" } },
      },
      definitions: { a_b: { const: 1 }, a_b_2: { const: 3 }, b: { const: 2 } },
    });
  });

  test("within a schema with an $id resolves against that schema", async () => {
    const schemas = {
      Order: {
        $id: "https://example.com/order",
        $defs: { code: { type: "string", maxLength: 2 } },
        type: "object",
        properties: { code: { $ref: "#/$defs/code" } },
      },
    };
    const input = { properties: { order: { $ref: "#/components/schemas/Order" } } };
    expect(await readBodySchema("3.1.0", input, schemas)).toEqual({
      schema: { type: "object", properties: { order: { $ref: "#/$defs/Order" } } },
      definitions: {
        Order: { type: "object", properties: { code: { $ref: "#/$defs/code" } } },
        code: { type: "string", maxLength: 2 },
      },
    });
  });

  test("may use $defs, $anchor and $id", async () => {
    const input = {
      type: "object",
      properties: {
        byPointer: { $ref: "#/components/schemas/Pet/$defs/Name" },
        byAnchor: { $ref: "#pet-name" },
        byId: { $ref: "https://example.com/schemas/age" },
      },
    };
    const schemas = {
      Pet: { $defs: { Name: { $anchor: "pet-name", type: "string" } } },
      Age: { $id: "https://example.com/schemas/age", type: "integer" },
    };
    expect(await readBodySchema("3.1.0", input, schemas)).toEqual({
      schema: {
        type: "object",
        properties: {
          byPointer: { $ref: "#/$defs/Name" },
          byAnchor: { $ref: "#/$defs/Name" },
          byId: { $ref: "#/$defs/age" },
        },
      },
      definitions: { Name: { type: "string" }, age: { type: "integer" } },
    });
  });

  test("that does not resolve accepts any value, with a warning", async () => {
    const body = (name: string) => ({
      post: {
        requestBody: {
          content: { "application/json": { schema: { items: { $ref: `#/components/schemas/${name}` } } } },
        },
      },
    });
    const { operations, rejected, warnings } = await readDocument("3.0.3", {
      paths: { "/a": body("Gone"), "/b": body("Here"), "/c": body("Half") },
      components: {
        schemas: { Here: { type: "string" }, Half: { properties: { a: { $ref: "#/nowhere" } } } },
      },
    });
    expect(operations.map(({ body }) => body?.content[0]?.schema.items)).toEqual([
      {},
      { $ref: "#/$defs/Here" },
      { $ref: "#/$defs/Half" },
    ]);
    expect(operations[2]?.definitions).toEqual({ Half: { type: "object", properties: { a: {} } } });
    expect(rejected).toEqual([]);
    expect(warnings).toEqual([
      "test.json: $ref #/components/schemas/Gone does not resolve; any value is accepted in its place",
      "test.json: $ref #/nowhere does not resolve; any value is accepted in its place",
    ]);
  });
});

describe("a discriminator", () => {
  const branch = (name: string, value: string) => ({
    $ref: `#/$defs/${name}`,
    properties: { kind: { const: value } },
    required: ["kind"],
  });

  test("gives each branch the mapped value or the name of its schema", async () => {
    const input = {
      oneOf: [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }],
      discriminator: { propertyName: "kind", mapping: { meow: "#/components/schemas/Cat" } },
    };
    const pet = { type: "object", properties: { kind: { type: "string" } } };
    expect(await readBodySchema("3.0.3", input, { Cat: pet, Dog: pet })).toEqual({
      schema: { oneOf: [branch("Cat", "meow"), branch("Dog", "Dog")] },
      definitions: { Cat: pet, Dog: pet },
    });
  });

  test("adds nothing to a branch that fixes its value", async () => {
    const input = { oneOf: [{ $ref: "#/components/schemas/Cat" }], discriminator: { propertyName: "kind" } };
    const Cat = { type: "object", properties: { kind: { type: "string", enum: ["cat"] } } };
    expect((await readBodySchema("3.0.3", input, { Cat })).schema).toEqual({
      oneOf: [{ $ref: "#/$defs/Cat" }],
    });
  });

  test("of a parent whose subtypes extend it becomes a oneOf of the subtypes", async () => {
    const schemas = {
      Pet: {
        type: "object",
        required: ["kind"],
        properties: { kind: { type: "string" } },
        discriminator: { propertyName: "kind", mapping: { cat: "#/components/schemas/Cat", dog: "Dog" } },
      },
      Cat: { allOf: [{ $ref: "#/components/schemas/Pet" }, { properties: { lives: { type: "integer" } } }] },
      Dog: { allOf: [{ $ref: "#/components/schemas/Pet" }, { properties: { bark: { type: "string" } } }] },
    };
    const subtype = (properties: object) => ({
      type: "object",
      required: ["kind"],
      properties: { kind: { type: "string" }, ...properties },
    });
    expect(await readBodySchema("3.0.3", { $ref: "#/components/schemas/Pet" }, schemas)).toEqual({
      schema: {
        type: "object",
        required: ["kind"],
        properties: { kind: { type: "string" } },
        oneOf: [branch("Cat", "cat"), branch("Dog", "dog")],
      },
      definitions: {
        Cat: subtype({ lives: { type: "integer" } }),
        Dog: subtype({ bark: { type: "string" } }),
      },
    });
  });

  test("of a parent that lists its subtypes in oneOf is removed in the subtypes", async () => {
    const schemas = {
      Pet: {
        type: "object",
        properties: { kind: { type: "string" } },
        oneOf: [{ $ref: "#/components/schemas/Cat" }],
        discriminator: { propertyName: "kind" },
      },
      Cat: { allOf: [{ $ref: "#/components/schemas/Pet" }, { properties: { lives: { type: "integer" } } }] },
    };
    expect((await readBodySchema("3.0.3", { $ref: "#/components/schemas/Cat" }, schemas)).schema).toEqual({
      type: "object",
      properties: { kind: { type: "string" }, lives: { type: "integer" } },
    });
  });

  test("of parents in the allOf of their subtypes, on several levels, terminates", async () => {
    const parent = (name: string, subtypes: readonly string[], properties: object) => ({
      discriminator: {
        propertyName: "kind",
        mapping: Object.fromEntries(subtypes.map((subtype) => [subtype, `#/components/schemas/${subtype}`])),
      },
      type: "object",
      title: name,
      properties,
    });
    const Entity = parent("Entity", ["Person", "Guest", "Room"], { kind: { type: "string" }, id: {} });
    const schemas = {
      Entity,
      Person: {
        allOf: [
          { $ref: "#/components/schemas/Entity" },
          parent("Person", ["Guest"], { boss: { $ref: "#/components/schemas/Entity" } }),
        ],
      },
      Guest: { allOf: [{ $ref: "#/components/schemas/Person" }, { properties: { until: {} } }] },
      Room: { allOf: [{ $ref: "#/components/schemas/Entity" }] },
    };
    const base = { type: "object", title: "Entity", properties: { kind: { type: "string" }, id: {} } };
    const person = { kind: { type: "string" }, id: {}, boss: { $ref: "#/$defs/Entity" } };
    const Guest = { type: "object", title: "Person", properties: { ...person, until: {} } };
    expect(await readBodySchema("3.0.3", { $ref: "#/components/schemas/Person" }, schemas)).toEqual({
      schema: { type: "object", title: "Person", properties: person, oneOf: [branch("Guest", "Guest")] },
      definitions: {
        Entity: {
          ...base,
          oneOf: [branch("Person", "Person"), branch("Guest", "Guest"), branch("Room", "Room")],
        },
        Person: { type: "object", title: "Person", properties: person, oneOf: [branch("Guest", "Guest")] },
        Guest,
        Room: { $ref: "#/$defs/Entity_base" },
        Entity_base: base,
      },
    });
  });

  test("of a parent in its own mapping allows the parent itself", async () => {
    const Pet = {
      type: "object",
      properties: { kind: { type: "string" } },
      discriminator: { propertyName: "kind", mapping: { pet: "Pet", "big.cat": "big.cat" } },
    };
    const schemas = {
      Pet,
      "big.cat": { allOf: [{ $ref: "#/components/schemas/Pet" }, { required: ["kind"] }] },
    };
    expect((await readBodySchema("3.0.3", { $ref: "#/components/schemas/Pet" }, schemas)).schema).toEqual({
      type: "object",
      properties: { kind: { type: "string" } },
      oneOf: [
        { type: "object", properties: { kind: { const: "pet" } }, required: ["kind"] },
        branch("big.cat", "big.cat"),
      ],
    });
  });

  test("of a parent behind a reference with a description keeps the subtypes", async () => {
    const schemas = {
      Pet: {
        type: "object",
        properties: { kind: { type: "string" } },
        discriminator: { propertyName: "kind", mapping: { cat: "Cat" } },
      },
      Cat: { allOf: [{ $ref: "#/components/schemas/Pet" }, { properties: { lives: {} } }] },
    };
    const input = {
      properties: { pet: { allOf: [{ $ref: "#/components/schemas/Pet" }], description: "mine" } },
    };
    const { schema, definitions } = await readBodySchema("3.0.3", input, schemas);
    expect(schema).toEqual({
      type: "object",
      properties: { pet: { $ref: "#/$defs/Pet", description: "mine" } },
    });
    expect(definitions.Pet).toMatchObject({ oneOf: [branch("Cat", "cat")] });
  });

  test.each([
    [40, { type: "string", enum: Array.from({ length: 40 }, (_, index) => `C${index}`) }],
    [500, { type: "string" }],
  ])("with %d subtypes lists at most their values", async (count, kind) => {
    const names = Array.from({ length: count }, (_, index) => `C${index}`);
    const schemas = {
      Base: {
        type: "object",
        properties: { kind: { type: "string" } },
        discriminator: {
          propertyName: "kind",
          mapping: Object.fromEntries(names.map((name) => [name, name])),
        },
      },
      ...Object.fromEntries(
        names.map((name) => [
          name,
          { allOf: [{ $ref: "#/components/schemas/Base" }, { properties: { a: {} } }] },
        ]),
      ),
    };
    expect(await readBodySchema("3.0.3", { $ref: "#/components/schemas/Base" }, schemas)).toEqual({
      schema: { type: "object", properties: { kind } },
      definitions: {},
    });
  });
});
