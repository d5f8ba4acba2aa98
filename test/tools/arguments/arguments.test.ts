import { expect, test } from "bun:test";
import type { JsonSchema } from "../../../src/chat/types.ts";
import { readArguments } from "../../../src/tools/arguments/arguments.ts";
import { createValidator } from "../../../src/tools/arguments/validator.ts";
import type { Tool } from "../../../src/tools/types.ts";
import { buildTool, createParameter, createRequestBody } from "../fixtures.ts";

const validate = createValidator();
/** Returns the outcome without the form of the call. */
function read(tool: Tool, input: Record<string, unknown>) {
  const parsed = readArguments(tool, input, validate);
  if (parsed.outcome === "refused") return parsed;
  const { form: _, ...rest } = parsed;
  return rest;
}

function createTool(schema: JsonSchema, definitions: Record<string, JsonSchema> = {}): Tool {
  return buildTool({
    parameters: [createParameter({ name: "x", in: "query", required: true, schema })],
    definitions,
  });
}

const text = { type: "string" };
const integer = { type: "integer" };
const coerced: readonly (readonly [string, JsonSchema, unknown, unknown])[] = [
  ["a number as text", integer, "5", 5],
  ["a whole number with a zero fraction", integer, "5.0", 5],
  ["an integer beyond 2^53", integer, "9007199254740993", 9007199254740993n],
  ["a bigint", integer, 9007199254740993n, 9007199254740993n],
  ["a decimal", { type: "number" }, "-1.5e3", -1500],
  ["true as text", { type: "boolean" }, "True", true],
  ["a number for a string", text, 5, "5"],
  ["a bigint for a string", text, 9007199254740993n, "9007199254740993"],
  ["a single value for a list", { type: "array", items: integer }, "5", [5]],
  ["JSON text for a list", { type: "array", items: integer }, '["1", 2]', [1, 2]],
  ["JSON text for an object", { type: "object", properties: { a: integer } }, '{"a":"1"}', { a: 1 }],
  ["an enum value in another case", { type: "string", enum: ["open", "closed"] }, "OPEN", "open"],
  ["a time for a date", { type: "string", format: "date" }, "2025-10-15T13:51:00.926Z", "2025-10-15"],
  ["a date for a time", { type: "string", format: "date-time" }, "2025-10-15", "2025-10-15T00:00:00Z"],
  [
    "comma-separated enum values",
    { type: "array", items: { type: "string", enum: ["open", "closed"] } },
    "open, closed",
    ["open", "closed"],
  ],
  [
    "an enum value with a comma",
    { type: "array", items: { type: "string", enum: ["a,b", "a", "b"] } },
    "a,b",
    ["a,b"],
  ],
  ["a nullable number", { type: ["integer", "null"] }, "7", 7],
  ["null where null is allowed", { type: ["integer", "null"] }, null, null],
  ["a value for one of several alternatives", { anyOf: [integer, { type: "boolean" }] }, "7", 7],
  [
    "members of the alternative with the same constant",
    {
      oneOf: [
        { type: "object", properties: { kind: { const: "cat" }, lives: integer } },
        { type: "object", properties: { kind: { enum: ["dog", "wolf"] }, age: integer } },
      ],
    },
    { kind: "dog", age: "7" },
    { kind: "dog", age: 7 },
  ],
  [
    "members of the alternative with the same properties",
    {
      anyOf: [
        { type: "object", required: ["lives"], properties: { lives: integer } },
        { type: "object", required: ["age"], properties: { age: integer } },
      ],
    },
    { age: "7" },
    { age: 7 },
  ],
  ["a value that already matches an alternative", { oneOf: [integer, text] }, "7", "7"],
  [
    "members of an object",
    { type: "object", properties: { a: integer, b: text } },
    { a: "1", b: null },
    { a: 1 },
  ],
];
for (const [what, schema, value, expected] of coerced) {
  test(`\`readArguments()\` coerces ${what}`, () => {
    expect(read(createTool(schema), { x: value })).toEqual({ outcome: "ready", values: { x: expected } });
  });
}

test("`readArguments()` follows references, including recursive ones", () => {
  const node = {
    type: "object",
    properties: { id: integer, children: { type: "array", items: { $ref: "#/$defs/Node" } } },
  };
  const tool = createTool({ $ref: "#/$defs/Node" }, { Node: node });
  expect(read(tool, { x: { id: "1", children: { id: "2" } } })).toEqual({
    outcome: "ready",
    values: { x: { id: 1, children: [{ id: 2 }] } },
  });
});

const refused: readonly (readonly [JsonSchema, unknown, string])[] = [
  [integer, "five", 'x: must be integer, got "five"'],
  [{ type: "integer", maximum: 100 }, "500", "x: must be at most 100, got 500"],
  [{ type: "integer", exclusiveMinimum: 0 }, 0, "x: must be above 0, got 0"],
  [{ type: "string", enum: ["a", "b"] }, "c", 'x: must be one of "a", "b", got "c"'],
  [
    { type: "string", format: "date-time" },
    "today",
    'x: must have the format date-time (2026-01-31T09:30:00Z), got "today"',
  ],
  [
    { type: "string", format: "date" },
    "2026-02-30T00:00:00Z",
    'x: must have the format date (2026-01-31), got "2026-02-30"',
  ],
  [{ type: "string", pattern: "^[a-z]+$" }, "A1", 'x: must match the pattern ^[a-z]+$, got "A1"'],
  [{ type: "array", items: { type: "object", required: ["id"] } }, [{}], "x[0].id: is required"],
  [
    { type: "object", properties: { name: text }, additionalProperties: false },
    { nmae: "a" },
    "x.nmae: is unknown; did you mean name? Known: name",
  ],
  [
    {
      oneOf: [
        { type: "object", required: ["a"] },
        { type: "object", required: ["b"] },
      ],
    },
    {},
    "x: must match one of the alternatives, got {} (x.a: is required; or x.b: is required)",
  ],
];
for (const [schema, value, problem] of refused) {
  test(`\`readArguments()\` refuses with "${problem}"`, () => {
    expect(read(createTool(schema), { x: value })).toEqual({ outcome: "refused", problems: [problem] });
  });
}

test("`readArguments()` drops null and empty strings that an optional argument does not accept", () => {
  const tool = buildTool({
    parameters: [
      createParameter({ name: "limit", in: "query", schema: integer }),
      createParameter({ name: "since", in: "query", schema: text }),
    ],
  });
  expect(read(tool, { limit: "", since: null })).toEqual({ outcome: "ready", values: {} });
});

test("a pattern with exponential backtracking is checked in linear time", () => {
  const tool = createTool({ type: "string", pattern: "^(a+)+$" });
  expect(read(tool, { x: `${"a".repeat(50_000)}b` })).toMatchObject({ outcome: "refused" });
});

test("`oneOf` is checked as `anyOf`, and address formats are not checked", () => {
  const both = {
    oneOf: [
      { type: "object", required: ["a"] },
      { type: "object", required: ["b"] },
    ],
  };
  expect(read(createTool(both), { x: { a: 1, b: 2 } })).toMatchObject({ outcome: "ready" });
  expect(read(createTool({ type: "string", format: "uri" }), { x: "com/github/x" })).toMatchObject({
    outcome: "ready",
  });
});

test("an unsupported pattern and a schema that does not compile accept everything", () => {
  expect(read(createTool({ type: "string", pattern: "^(?!x)" }), { x: "x" })).toMatchObject({
    outcome: "ready",
  });
  expect(read(createTool({ $ref: "http://elsewhere/schema" }), { x: "x" })).toMatchObject({
    outcome: "ready",
  });
  const broken = { not: true, oneOf: [{ $ref: "#/$defs/B", properties: { a: { const: "x" } } }] };
  const tool = createTool({ anyOf: [broken, { type: "null" }] }, { B: { not: {} } });
  expect(read(tool, { x: "x" })).toHaveProperty("outcome");
});

const create = {
  method: "POST",
  path: "/users/{id}",
  parameters: [createParameter({ name: "id", in: "path", schema: integer })],
} as const;
const user = { type: "object", required: ["name"], properties: { name: text, age: integer } };

test("`readArguments()` moves fields out of `body` when they belong at the top level", () => {
  const tool = buildTool({ ...create, body: createRequestBody("application/json", user) });
  expect(read(tool, { id: 1, body: { name: "Ann", age: "3" } })).toEqual({
    outcome: "ready",
    values: { id: 1, name: "Ann", age: 3 },
  });
});

test("`readArguments()` moves top-level fields into `body` when they belong there", () => {
  const tool = buildTool({
    ...create,
    body: createRequestBody("application/json", { ...user, additionalProperties: true }),
  });
  expect(read(tool, { id: 1, name: "Ann" })).toEqual({
    outcome: "ready",
    values: { id: 1, body: { name: "Ann" } },
  });
});

test("the required fields of an optional body are required when a body is sent", () => {
  const tool = buildTool({
    ...create,
    body: createRequestBody("application/json", user, { required: false }),
  });
  expect(tool.inputSchema.required).toEqual(["id", "name"]);
  expect(read(tool, { id: 1 })).toEqual({ outcome: "ready", values: { id: 1 } });
  expect(read(tool, {})).toEqual({ outcome: "refused", problems: ["id: is required"] });
  expect(read(tool, { id: 1, age: 3 })).toEqual({ outcome: "refused", problems: ["name: is required"] });
});

test("`readArguments()` restores the document's nested keys", () => {
  const filter = { type: "object", properties: { "x y": integer, "@type": text, plain: text } };
  const tool = buildTool({
    ...create,
    body: createRequestBody("application/json", { type: "object", properties: { "filter[a]": filter } }),
  });
  expect(read(tool, { id: 1, filter_a: { x_y: "1", type: "t", plain: "p" } })).toEqual({
    outcome: "ready",
    values: { id: 1, filter_a: { "x y": 1, "@type": "t", plain: "p" } },
  });
});

test("arguments nested deeper than 200 levels are refused", () => {
  let deep: unknown = 1;
  for (let level = 0; level < 5000; level++) deep = [deep];
  expect(read(createTool({}), { x: deep })).toEqual({
    outcome: "refused",
    problems: ["arguments: nested deeper than 200 levels"],
  });
});

test("coercion to recursive alternatives is bounded", () => {
  const nodes = { type: "array", items: { $ref: "#/$defs/Node" } };
  const tool = createTool({ $ref: "#/$defs/Node" }, { Node: { anyOf: [nodes, nodes, nodes] } });
  expect(read(tool, { x: "text" })).toMatchObject({ outcome: "refused" });
});

test("validation of deep arguments against recursive schemas is bounded", () => {
  const nodes = { type: "array", items: { $ref: "#/$defs/Node" } };
  const nested = (depth: number) => {
    let value: unknown = "leaf";
    for (let level = 0; level < depth; level++) value = [value];
    return value;
  };
  for (const Node of [
    { anyOf: [nodes, nodes, nodes] },
    { allOf: [nodes, { ...nodes, minItems: 0 }, { ...nodes, maxItems: 9 }] },
  ]) {
    const tool = createTool({ $ref: "#/$defs/Node" }, { Node });
    expect(read(tool, { x: nested(100) })).toEqual({
      outcome: "refused",
      problems: ["arguments: too complex to be validated"],
    });
    expect(read(tool, { x: [[], [[]]] })).toMatchObject({ outcome: "ready" });
  }
});

test("the number of reported problems is limited, to the first one for many values", () => {
  const tool = createTool({ type: "array", items: integer });
  const countProblems = (length: number) => {
    const parsed = read(tool, { x: Array.from({ length }, () => "a") });
    return parsed.outcome === "refused" && parsed.problems.length;
  };
  expect([1000, 100_000].map(countProblems)).toEqual([13, 1]);
});

test("equal items are found among many, whatever the order of their members and the form of their numbers", () => {
  const tool = createTool({ type: "array", uniqueItems: true });
  const different = [
    ...Array.from({ length: 10_000 }, (_, index) => ({ a: index, b: [index] })),
    ...["1", 1, true, null, [1], { 1: 1 }, 9007199254740993n, 9007199254740992],
  ];
  expect(read(tool, { x: different })).toEqual({ outcome: "ready", values: { x: different } });
  const equals: readonly (readonly [unknown, unknown])[] = [
    [
      { a: 1, b: [2] },
      { b: [2], a: 1 },
    ],
    [-0, 0],
    [9007199254740992, 9007199254740992n],
    ["é", "\u00e9"],
  ];
  expect(equals.map(([first, second]) => read(tool, { x: [3, first, "x", second] }))).toEqual(
    equals.map(() => ({
      outcome: "refused",
      problems: [expect.stringContaining("x: must have no equal items, but 1 and 3 are, got ")],
    })),
  );
});

test("of many unknown arguments, the first ones are named", () => {
  const names = Array.from({ length: 5000 }, (_, index) => `unknown_${index}`);
  const unknown = Object.fromEntries(names.map((name) => [name, 1]));
  expect(read(createTool(integer), { x: 1, ...unknown })).toEqual({
    outcome: "refused",
    problems: [
      ...names.slice(0, 12).map((name) => `${name}: is unknown; known: x`),
      "and 4988 more are unknown",
    ],
  });
  const body = createRequestBody("application/json", { type: "object", properties: { known: text } });
  const open = buildTool({ method: "POST", body });
  expect(read(open, { known: "a", ...unknown })).toEqual({
    outcome: "ready",
    values: { known: "a", ...unknown },
  });
});

test("a text of many characters is no number, date or list, and is not matched with a pattern", () => {
  const outcome = (schema: JsonSchema, value: string) => {
    const parsed = read(createTool(schema), { x: value });
    return parsed.outcome === "refused" ? parsed.problems.map((problem) => problem.slice(0, 30)) : "ready";
  };
  expect([
    outcome(integer, "1".repeat(1001)),
    outcome({ type: "number" }, "1".repeat(1001)),
    outcome({ type: "array", items: integer }, `[${"1,".repeat(100_000)}1]`),
    outcome({ type: "string", format: "duration" }, `P${"1D".repeat(1000)}`),
    outcome({ enum: ["a", "b"] }, "a".repeat(1001)),
    outcome({ type: "string", pattern: "^b*$" }, "a".repeat(100_001)),
    outcome({ type: "string", pattern: "^b*$" }, "a".repeat(100_000)),
  ]).toEqual([
    [expect.stringContaining("x: must be integer")],
    [expect.stringContaining("x: must be number")],
    [expect.stringContaining("x[0]: must be integer")],
    [expect.stringContaining("x: must have the format")],
    [expect.stringContaining("x: must be one of")],
    "ready",
    [expect.stringContaining("x: must match the pattern")],
  ]);
});

test("null is kept in a merge patch, where it removes a member", () => {
  const schema = {
    type: "object",
    properties: {
      title: text,
      size: { type: "string", enum: ["s", "m"] },
      owner: { type: "object", properties: { name: text } },
      parent: { $ref: "#/$defs/Node" },
    },
  };
  const Node = { type: "object", properties: { next: { $ref: "#/$defs/Node" }, id: integer } };
  const input = { title: null, size: null, owner: { name: null }, parent: null };
  const readPatch = (mediaType: string) =>
    read(
      buildTool({ method: "PATCH", body: createRequestBody(mediaType, schema), definitions: { Node } }),
      input,
    );
  expect(readPatch("application/merge-patch+json")).toEqual({ outcome: "ready", values: input });
  expect(readPatch("application/json")).toEqual({ outcome: "ready", values: { owner: {} } });
  const free = { ...schema, additionalProperties: text };
  const open = buildTool({
    method: "PATCH",
    body: createRequestBody("application/merge-patch+json", free),
    definitions: { Node },
  });
  expect(read(open, { body: input })).toEqual({ outcome: "ready", values: { body: input } });
});

test("fields nested in `body` are moved out, unless one would replace another argument", () => {
  const fields = {
    type: "object",
    properties: { name: text, note: text },
    additionalProperties: false,
  };
  const tool = buildTool({
    method: "POST",
    parameters: [createParameter({ name: "key", in: "query" })],
    body: createRequestBody("application/json", fields),
  });
  expect(read(tool, { key: "a", body: { name: "b" } })).toEqual({
    outcome: "ready",
    values: { key: "a", name: "b" },
  });
  expect(read(tool, { key: "a", body: { key: "c" } })).toMatchObject({
    outcome: "refused",
    problems: ["body: is unknown; known: key, name, note"],
  });
});
