import { expect, test } from "bun:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { buildTool, createParameter, createRequestBody } from "../fixtures.ts";

const text = { type: "string" };
const integer = { type: "integer" };
const id = createParameter({ name: "id", in: "path", schema: integer, description: "Which one" });

test("parameters and the fields of a plain body share the top level", () => {
  const tool = buildTool({
    method: "PATCH",
    path: "/users/{id}",
    parameters: [
      id,
      createParameter({ name: "X-Trace", in: "header" }),
      createParameter({ name: "Accept", in: "header" }),
    ],
    body: createRequestBody("application/merge-patch+json", {
      type: "object",
      required: ["name", "created"],
      properties: {
        name: text,
        created: { type: "string", readOnly: true },
        note: { type: ["string", "null"] },
      },
    }),
  });
  expect({ schema: tool.inputSchema, targets: tool.argumentTargets }).toEqual({
    schema: {
      type: "object",
      properties: {
        id: { type: "integer", description: "Which one" },
        "X-Trace": text,
        name: text,
        note: { type: ["string", "null"] },
      },
      required: ["id", "name"],
    },
    targets: {
      id: { in: "parameter", index: 0 },
      "X-Trace": { in: "parameter", index: 1 },
      name: { in: "property", name: "name" },
      note: { in: "property", name: "note" },
    },
  });
});

test("a body behind references and allOf is flattened when its parts agree", () => {
  const tool = buildTool({
    method: "POST",
    body: createRequestBody("application/json", { $ref: "#/$defs/Pet" }),
    definitions: {
      Pet: {
        allOf: [{ $ref: "#/$defs/NewPet" }, { type: "object", required: ["tag"], properties: { tag: text } }],
      },
      NewPet: { type: "object", required: ["name"], properties: { name: text } },
      Unused: text,
    },
  });
  expect(tool.inputSchema).toEqual({
    type: "object",
    properties: { name: text, tag: text },
    required: ["name", "tag"],
  });
});

const nested = [
  ["a name occurs twice", { type: "object", properties: { id: text } }],
  ["it has alternatives", { oneOf: [{ type: "object", properties: { a: text } }] }],
  [
    "it accepts additional properties",
    { type: "object", properties: { a: text }, additionalProperties: integer },
  ],
  ["it is a list", { type: "array", items: text }],
] as const;
for (const [condition, schema] of nested) {
  test(`a body becomes the property body when ${condition}`, () => {
    const tool = buildTool({
      method: "POST",
      path: "/users/{id}",
      parameters: [id],
      body: createRequestBody("application/json", schema),
    });
    expect(tool.inputSchema).toEqual({
      type: "object",
      properties: { id: { type: "integer", description: "Which one" }, body: schema },
      required: ["id", "body"],
    });
  });
}

test("a definition that is used once is inlined", () => {
  const tool = buildTool({
    method: "POST",
    body: createRequestBody("application/json", {
      type: "object",
      properties: {
        owner: { $ref: "#/$defs/Owner", description: "Who has it" },
        from: { $ref: "#/$defs/Place" },
        to: { $ref: "#/$defs/Place" },
      },
    }),
    definitions: {
      Owner: { type: "object", description: "Somebody", properties: { home: { $ref: "#/$defs/Home" } } },
      Home: { type: "string" },
      Place: { type: "object", properties: { zip: text } },
    },
  });
  expect(tool.inputSchema).toEqual({
    type: "object",
    properties: {
      owner: { type: "object", description: "Who has it", properties: { home: { type: "string" } } },
      from: { $ref: "#/$defs/Place" },
      to: { $ref: "#/$defs/Place" },
    },
    $defs: { Place: { type: "object", properties: { zip: text } } },
  });
});

test("definitions that each use the next one are inlined up to a depth", () => {
  const count = 20_000;
  const names = Array.from({ length: count }, (_, index) => `Level${index}`);
  const definitions = Object.fromEntries(
    names.map((name, index) => [
      name,
      index === count - 1
        ? text
        : { type: "object", properties: { next: { $ref: `#/$defs/Level${index + 1}` } } },
    ]),
  );
  const schema = { type: "object", properties: { level: { $ref: "#/$defs/Level0" } } };
  const { inputSchema } = buildTool({
    method: "POST",
    body: createRequestBody("application/json", schema),
    definitions,
  });
  const kept = Object(inputSchema.$defs) as object;
  const depths = [inputSchema.properties, ...Object.values(kept)].map(depthOf);
  expect([Math.max(...depths) < 150, JSON.stringify(inputSchema).split('"next"').length]).toEqual([
    true,
    count,
  ]);
});

/** Returns the number of levels of a value. */
function depthOf(value: unknown): number {
  let level = [value];
  let depth = 0;
  for (; level.length > 0; depth += 1)
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  return depth;
}

test("definitions are hoisted, pruned and renamed when illegal, and can be recursive", () => {
  const tool = buildTool({
    method: "POST",
    body: createRequestBody("application/json", { type: "array", items: { $ref: "#/$defs/my~1Node" } }),
    definitions: {
      "my/Node": {
        type: "object",
        properties: { next: { $ref: "#/$defs/my~1Node" }, "a b": { $ref: "#/$defs/Leaf" } },
      },
      Leaf: text,
      Unused: integer,
    },
  });
  expect(tool.inputSchema).toEqual({
    type: "object",
    properties: { body: { type: "array", items: { $ref: "#/$defs/my_Node" } } },
    required: ["body"],
    $defs: {
      my_Node: {
        type: "object",
        properties: { next: { $ref: "#/$defs/my_Node" }, a_b: { ...text, description: 'Sent as "a b".' } },
      },
    },
  });
  expect(tool.originalKeys).toEqual({ a_b: "a b" });
});

test("two parameters of one name are distinguished by their location", () => {
  const tool = buildTool({
    path: "/users/{id}",
    parameters: [id, createParameter({ name: "id", in: "query" })],
  });
  expect(tool.argumentTargets).toEqual({
    id: { in: "parameter", index: 0 },
    id_query: { in: "parameter", index: 1 },
  });
});

test("an alias never equals a document key, in any order", () => {
  const tool = buildTool({
    parameters: [
      createParameter({ name: "$top", in: "query" }),
      createParameter({ name: "top", in: "query" }),
    ],
    method: "POST",
    body: createRequestBody("application/json", {
      type: "array",
      items: { type: "object", properties: { "a b": text, a_b: text } },
    }),
  });
  expect(Object.keys(tool.argumentTargets)).toEqual(["top_2", "top", "body"]);
  expect(tool.originalKeys).toEqual({ top_2: "$top", a_b_2: "a b" });
});

test("parameters that the settings supply are not in the schema", () => {
  const tool = buildTool(
    {
      parameters: [
        createParameter({ name: "api_key", in: "query" }),
        createParameter({ name: "x-tenant", in: "header" }),
        createParameter({ name: "q", in: "query" }),
      ],
    },
    {
      headers: { "X-Tenant": "acme" },
      securitySchemes: { key: { type: "apiKey", name: "api_key", in: "query" } },
    },
  );
  expect(Object.keys(tool.argumentTargets)).toEqual(["q"]);
});

test("text, files and XML are string properties", () => {
  const propertiesOf = (mediaType: string, schema = {}) =>
    buildTool({ method: "POST", body: createRequestBody(mediaType, schema) }).inputSchema.properties;
  expect(propertiesOf("application/xml", { type: "object" })).toEqual({
    body: {
      type: "string",
      description: "The body as application/xml, or attachment:NAME for a file the user attached.",
    },
  });
  const file =
    "File content: attachment:NAME for a file the user attached, plain text, or a data: URL (data:image/png;base64,…).";
  expect(propertiesOf("application/octet-stream")).toEqual({ body: { type: "string", description: file } });
  expect(
    propertiesOf("multipart/form-data", {
      type: "object",
      properties: {
        file: { type: "string", format: "binary", description: "The scan." },
        more: { type: "array", maxItems: 3, items: { type: "string", format: "binary" } },
      },
    }),
  ).toEqual({
    file: { type: "string", description: `The scan. ${file}` },
    more: { type: "array", maxItems: 3, items: { type: "string", description: file } },
  });
});

test("JSON is preferred to forms, and forms to text, in any order", () => {
  const content = [
    "text/plain",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "application/vnd.api+json",
  ];
  const schema = { type: "object", properties: { a: text } };
  const tool = buildTool({
    method: "POST",
    body: { required: true, content: content.map((mediaType) => ({ mediaType, schema, encoding: {} })) },
  });
  expect(tool.forms.map(({ body }) => body?.content.map(({ mediaType }) => mediaType))).toEqual([
    ["application/vnd.api+json"],
  ]);
});

test("a description is shortened, never empty, and ends with method and path", () => {
  const long = `${"First sentence of many words. ".repeat(30)}End`;
  const tool = buildTool({ summary: "Find users.", description: long, path: "/users" });
  expect(tool.description).toEndWith(" (HTTP GET /users)");
  expect(tool.description.length).toBeLessThan(430);
  expect(buildTool({}).description).toBe("(HTTP GET /things)");
  expect(buildTool({ summary: "Find users", description: "Find users." }).description).toBe(
    "Find users. (HTTP GET /things)",
  );
});

test("an alternative with a discriminator value is one plain object", () => {
  const tool = buildTool({
    method: "POST",
    body: createRequestBody("application/json", {
      oneOf: [{ $ref: "#/$defs/Cat", properties: { kind: { const: "cat" } }, required: ["kind"] }],
    }),
    definitions: {
      Cat: {
        type: "object",
        required: ["lives"],
        properties: { kind: { type: "string", default: "none", description: "Which" }, lives: integer },
      },
    },
  });
  expect(tool.inputSchema.properties).toEqual({
    body: {
      oneOf: [
        {
          type: "object",
          properties: { kind: { const: "cat", description: "Which" }, lives: integer },
          required: ["lives", "kind"],
        },
      ],
    },
  });
});

test("an undeclared required property is added at any level, except in alternatives whose parent declares it", () => {
  const closed = { type: "object", required: ["b"], properties: { a: text }, additionalProperties: false };
  const tool = buildTool({
    method: "POST",
    body: createRequestBody("application/json", {
      type: "object",
      required: ["x", "inner"],
      properties: {
        inner: closed,
        choice: {
          type: "object",
          properties: { a: text, b: text },
          oneOf: [{ required: ["a"] }, { required: ["b"] }],
        },
      },
    }),
  });
  expect(tool.inputSchema).toEqual({
    type: "object",
    properties: {
      x: {},
      inner: { ...closed, properties: { a: text, b: {} } },
      choice: {
        type: "object",
        properties: { a: text, b: text },
        oneOf: [{ required: ["a"] }, { required: ["b"] }],
      },
    },
    required: ["inner", "x"],
  });
});

test("an example that does not match its own schema is omitted", () => {
  const tool = buildTool({
    parameters: [
      createParameter({ name: "a", in: "header", schema: text, example: { trace: "1" } }),
      createParameter({ name: "b", in: "query", schema: { type: "object", examples: ["x", { y: 1 }] } }),
      createParameter({ name: "c", in: "query", schema: integer, example: "5" }),
    ],
  });
  expect(tool.inputSchema.properties).toEqual({
    a: text,
    b: { type: "object", examples: [{ y: 1 }] },
    c: { type: "integer", examples: ["5"] },
  });
});

test("an example or a default that refers is omitted", () => {
  const reference = { $ref: "#/components/examples/A" };
  const tool = buildTool({
    parameters: [
      createParameter({
        name: "a",
        in: "query",
        schema: { type: "object", examples: [reference, { y: 1 }] },
      }),
      createParameter({
        name: "b",
        in: "query",
        schema: { type: "object", default: { inner: [reference] } },
      }),
    ],
  });
  expect(tool.inputSchema.properties).toEqual({
    a: { type: "object", examples: [{ y: 1 }] },
    b: { type: "object" },
  });
});

test("a date in a standard HTTP header is an HTTP date", () => {
  const time = { type: "string", format: "date-time" };
  const tool = buildTool({
    parameters: [
      createParameter({ name: "If-Modified-Since", in: "header", schema: time }),
      createParameter({ name: "If-Modified-Since", in: "query", schema: time }),
    ],
  });
  expect(tool.inputSchema.properties).toEqual({
    "If-Modified-Since": { type: "string", format: "http-date" },
    "If-Modified-Since_query": { ...time, description: 'Sent as "If-Modified-Since".' },
  });
});

test("the nearest definitions are complete up to a size limit, the others only have a type", () => {
  const count = 200;
  const properties = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`p${index}`, { $ref: `#/$defs/S${index}` }]),
  );
  const description = "A rather long text. ".repeat(5).trim();
  const definitions = {
    ...Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`S${index}`, { type: "object", description, properties }]),
    ),
    Small: { type: "string", enum: ["a", "b"] },
  };
  const tool = buildTool({
    method: "POST",
    body: createRequestBody("application/json", {
      type: "object",
      properties: {
        near: { $ref: "#/$defs/S7" },
        far: { $ref: "#/$defs/S9" },
        small: { $ref: "#/$defs/Small" },
      },
    }),
    definitions,
  });
  expect(tool.tokens).toBeLessThan(25_000);
  const complete = { type: "object", description, properties };
  expect(tool.inputSchema.$defs).toMatchObject({ S7: complete, S9: complete });
  expect(tool.inputSchema.$defs).toHaveProperty("S199", { type: "object", description });
  expect(tool.inputSchema.properties).toMatchObject({ small: { type: "string", enum: ["a", "b"] } });
});

const LEGAL_KEY = /^[a-zA-Z0-9_.-]{1,64}$/;

function findIllegalKeys(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => [
    ...(keyword === "properties" ? Object.keys(value).filter((key) => !LEGAL_KEY.test(key)) : []),
    ...findIllegalKeys(value),
  ]);
}

test("every schema is valid draft 2020-12 with legal keys and a plain root, for any names", () => {
  const ajv = new Ajv2020({ strict: false, logger: false });
  const name = fc.oneof(
    fc.string({ unit: "binary", maxLength: 100 }),
    fc.constantFrom("a b", "a_b", "$ref", "__proto__", "body"),
  );
  const schema = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<object>(text, integer, { $ref: "#/$defs/Tree" }, { type: "string", default: "x" }),
      fc.record({ type: fc.constant("array"), items: tie("any") }),
      fc.record({
        type: fc.constant("object"),
        properties: fc.dictionary(name, tie("any"), { maxKeys: 4 }),
        additionalProperties: fc.boolean(),
      }),
      fc.record({ anyOf: fc.array(tie("any"), { minLength: 1, maxLength: 3 }) }),
    ),
  })).any;
  fc.assert(
    fc.property(fc.array(name, { maxLength: 4 }), schema, name, (names, bodySchema, definition) => {
      const tool = buildTool({
        method: "POST",
        parameters: names.map((each) => createParameter({ name: each, in: "query" })),
        body: createRequestBody("application/json", { ...(bodySchema as object) }),
        definitions: { Tree: { type: "object", properties: { [definition]: { $ref: "#/$defs/Tree" } } } },
      });
      const { type, oneOf, anyOf, allOf } = tool.inputSchema;
      expect({ type, oneOf, anyOf, allOf }).toEqual({
        type: "object",
        oneOf: undefined,
        anyOf: undefined,
        allOf: undefined,
      });
      expect(findIllegalKeys(tool.inputSchema)).toEqual([]);
      expect(Object.keys(tool.argumentTargets)).toEqual(Object.keys(tool.inputSchema.properties ?? {}));
      expect(Object.keys(tool.argumentTargets).filter((key) => !LEGAL_KEY.test(key))).toEqual([]);
      expect(ajv.validateSchema({ ...tool.inputSchema })).toBe(true);
      ajv.compile(tool.inputSchema);
    }),
    { numRuns: 300 },
  );
});
