import { expect, test } from "bun:test";
import type { JsonSchema } from "../../../src/chat/types.ts";
import { readArguments } from "../../../src/tools/arguments/arguments.ts";
import { createValidator } from "../../../src/tools/arguments/validator.ts";
import type { Tool } from "../../../src/tools/types.ts";
import { buildTool, createParameter, createRequestBody } from "../fixtures.ts";

const validate = createValidator();
const read = (made: Tool, given: Record<string, unknown>) => readArguments(made, given, validate);

function one(schema: JsonSchema, definitions: Record<string, JsonSchema> = {}): Tool {
  return buildTool({
    parameters: [createParameter({ name: "x", in: "query", required: true, schema })],
    definitions,
  });
}

const text = { type: "string" };
const whole = { type: "integer" };
const coerced: readonly (readonly [string, JsonSchema, unknown, unknown])[] = [
  ["a number in words of digits", whole, "5", 5],
  ["a whole number with a zero fraction", whole, "5.0", 5],
  ["an integer beyond 2^53", whole, "9007199254740993", 9007199254740993n],
  ["a bigint", whole, 9007199254740993n, 9007199254740993n],
  ["a decimal", { type: "number" }, "-1.5e3", -1500],
  ["a word for true", { type: "boolean" }, "True", true],
  ["a number for text", text, 5, "5"],
  ["a bigint for text", text, 9007199254740993n, "9007199254740993"],
  ["one value for a list", { type: "array", items: whole }, "5", [5]],
  ["JSON text for a list", { type: "array", items: whole }, '["1", 2]', [1, 2]],
  ["JSON text for an object", { type: "object", properties: { a: whole } }, '{"a":"1"}', { a: 1 }],
  ["another case of a choice", { type: "string", enum: ["open", "closed"] }, "OPEN", "open"],
  ["a time for a date", { type: "string", format: "date" }, "2025-10-15T13:51:00.926Z", "2025-10-15"],
  ["a date for a time", { type: "string", format: "date-time" }, "2025-10-15", "2025-10-15T00:00:00Z"],
  [
    "choices with commas between them",
    { type: "array", items: { type: "string", enum: ["open", "closed"] } },
    "open, closed",
    ["open", "closed"],
  ],
  [
    "a choice that has a comma",
    { type: "array", items: { type: "string", enum: ["a,b", "a", "b"] } },
    "a,b",
    ["a,b"],
  ],
  ["a nullable number", { type: ["integer", "null"] }, "7", 7],
  ["null where null is allowed", { type: ["integer", "null"] }, null, null],
  ["the alternative that fits", { anyOf: [whole, { type: "boolean" }] }, "7", 7],
  [
    "members of the alternative that a constant decides",
    {
      oneOf: [
        { type: "object", properties: { kind: { const: "cat" }, lives: whole } },
        { type: "object", properties: { kind: { enum: ["dog", "wolf"] }, age: whole } },
      ],
    },
    { kind: "dog", age: "7" },
    { kind: "dog", age: 7 },
  ],
  [
    "members of the alternative whose properties they are",
    {
      anyOf: [
        { type: "object", required: ["lives"], properties: { lives: whole } },
        { type: "object", required: ["age"], properties: { age: whole } },
      ],
    },
    { age: "7" },
    { age: 7 },
  ],
  ["a value that already fits one alternative", { oneOf: [whole, text] }, "7", "7"],
  [
    "members of an object",
    { type: "object", properties: { a: whole, b: text } },
    { a: "1", b: null },
    { a: 1 },
  ],
];
for (const [what, schema, given, expected] of coerced) {
  test(`readArguments() understands ${what}`, () => {
    expect(read(one(schema), { x: given })).toEqual({ outcome: "ready", values: { x: expected } });
  });
}

test("readArguments() follows references, also recursive ones", () => {
  const node = {
    type: "object",
    properties: { id: whole, children: { type: "array", items: { $ref: "#/$defs/Node" } } },
  };
  const made = one({ $ref: "#/$defs/Node" }, { Node: node });
  expect(read(made, { x: { id: "1", children: { id: "2" } } })).toEqual({
    outcome: "ready",
    values: { x: { id: 1, children: [{ id: 2 }] } },
  });
});

const refused: readonly (readonly [JsonSchema, unknown, string])[] = [
  [whole, "five", 'x: must be integer, got "five"'],
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
    "x.nmae: is not known; did you mean name? Known: name",
  ],
  [
    {
      oneOf: [
        { type: "object", required: ["a"] },
        { type: "object", required: ["b"] },
      ],
    },
    {},
    "x: fits none of the allowed forms, got {} (x.a: is required; or x.b: is required)",
  ],
];
for (const [schema, given, problem] of refused) {
  test(`readArguments() refuses with "${problem}"`, () => {
    expect(read(one(schema), { x: given })).toEqual({ outcome: "refused", problems: [problem] });
  });
}

test("readArguments() drops null and empty text for what is optional and cannot be either", () => {
  const made = buildTool({
    parameters: [
      createParameter({ name: "limit", in: "query", schema: whole }),
      createParameter({ name: "since", in: "query", schema: text }),
    ],
  });
  expect(read(made, { limit: "", since: null })).toEqual({ outcome: "ready", values: {} });
});

test("a pattern that takes exponential time elsewhere is checked in linear time", () => {
  const made = one({ type: "string", pattern: "^(a+)+$" });
  expect(read(made, { x: `${"a".repeat(50_000)}b` })).toMatchObject({ outcome: "refused" });
});

test("what documents often say wrongly is left to the API: oneOf that is anyOf, formats of addresses", () => {
  const both = {
    oneOf: [
      { type: "object", required: ["a"] },
      { type: "object", required: ["b"] },
    ],
  };
  expect(read(one(both), { x: { a: 1, b: 2 } })).toMatchObject({ outcome: "ready" });
  expect(read(one({ type: "string", format: "uri" }), { x: "com/github/x" })).toMatchObject({
    outcome: "ready",
  });
});

test("a pattern that the engine does not know, and a schema that does not compile, check nothing", () => {
  expect(read(one({ type: "string", pattern: "^(?!x)" }), { x: "x" })).toMatchObject({ outcome: "ready" });
  expect(read(one({ $ref: "http://elsewhere/schema" }), { x: "x" })).toMatchObject({ outcome: "ready" });
  const broken = { not: true, oneOf: [{ $ref: "#/$defs/B", properties: { a: { const: "x" } } }] };
  const made = one({ anyOf: [broken, { type: "null" }] }, { B: { not: {} } });
  expect(read(made, { x: "x" })).toHaveProperty("outcome");
});

const create = {
  method: "POST",
  path: "/users/{id}",
  parameters: [createParameter({ name: "id", in: "path", schema: whole })],
} as const;
const user = { type: "object", required: ["name"], properties: { name: text, age: whole } };

test("readArguments() unwraps fields that a model put into body although they stand beside the parameters", () => {
  const made = buildTool({ ...create, body: createRequestBody("application/json", user) });
  expect(read(made, { id: 1, body: { name: "Ann", age: "3" } })).toEqual({
    outcome: "ready",
    values: { id: 1, name: "Ann", age: 3 },
  });
});

test("readArguments() wraps fields that a model put beside the parameters although they belong into body", () => {
  const made = buildTool({
    ...create,
    body: createRequestBody("application/json", { ...user, additionalProperties: true }),
  });
  expect(read(made, { id: 1, name: "Ann" })).toEqual({
    outcome: "ready",
    values: { id: 1, body: { name: "Ann" } },
  });
});

test("the fields that an optional body must have are required unless no body is sent", () => {
  const made = buildTool({
    ...create,
    body: createRequestBody("application/json", user, { required: false }),
  });
  expect(made.inputSchema.required).toEqual(["id", "name"]);
  expect(read(made, { id: 1 })).toEqual({ outcome: "ready", values: { id: 1 } });
  expect(read(made, {})).toEqual({ outcome: "refused", problems: ["id: is required"] });
  expect(read(made, { id: 1, age: 3 })).toEqual({ outcome: "refused", problems: ["name: is required"] });
});

test("readArguments() gives nested keys their own names back", () => {
  const filter = { type: "object", properties: { "x y": whole, "@type": text, plain: text } };
  const made = buildTool({
    ...create,
    body: createRequestBody("application/json", { type: "object", properties: { "filter[a]": filter } }),
  });
  expect(read(made, { id: 1, filter_a: { x_y: "1", type: "t", plain: "p" } })).toEqual({
    outcome: "ready",
    values: { id: 1, filter_a: { "x y": 1, "@type": "t", plain: "p" } },
  });
});

test("arguments nested beyond any sense are refused", () => {
  let deep: unknown = 1;
  for (let level = 0; level < 5000; level++) deep = [deep];
  expect(read(one({}), { x: deep })).toEqual({
    outcome: "refused",
    problems: ["arguments: nested deeper than 200 levels"],
  });
});

test("recursive alternatives that could be tried in exponentially many ways end", () => {
  const again = { type: "array", items: { $ref: "#/$defs/Node" } };
  const made = one({ $ref: "#/$defs/Node" }, { Node: { anyOf: [again, again, again] } });
  expect(read(made, { x: "text" })).toMatchObject({ outcome: "refused" });
});

test("deep arguments against recursive schemas that could be checked in exponentially many ways end", () => {
  const again = { type: "array", items: { $ref: "#/$defs/Node" } };
  const nested = (depth: number) => {
    let value: unknown = "leaf";
    for (let level = 0; level < depth; level++) value = [value];
    return value;
  };
  for (const Node of [
    { anyOf: [again, again, again] },
    { allOf: [again, { ...again, minItems: 0 }, { ...again, maxItems: 9 }] },
  ]) {
    const made = one({ $ref: "#/$defs/Node" }, { Node });
    expect(read(made, { x: nested(100) })).toEqual({
      outcome: "refused",
      problems: ["arguments: nested in too many ways to be checked"],
    });
    expect(read(made, { x: [[], [[]]] })).toMatchObject({ outcome: "ready" });
  }
});

test("of very many mistakes the first are told", () => {
  const made = read(one({ type: "array", items: whole }), { x: Array.from({ length: 100_000 }, () => "a") });
  expect(made.outcome === "refused" && made.problems.length).toBe(13);
});

test("in a merge patch null removes a member, and is kept", () => {
  const schema = {
    type: "object",
    properties: {
      title: text,
      size: { type: "string", enum: ["s", "m"] },
      owner: { type: "object", properties: { name: text } },
      parent: { $ref: "#/$defs/Node" },
    },
  };
  const Node = { type: "object", properties: { next: { $ref: "#/$defs/Node" }, id: whole } };
  const given = { title: null, size: null, owner: { name: null }, parent: null };
  const of = (mediaType: string) =>
    read(
      buildTool({ method: "PATCH", body: createRequestBody(mediaType, schema), definitions: { Node } }),
      given,
    );
  expect(of("application/merge-patch+json")).toEqual({ outcome: "ready", values: given });
  expect(of("application/json")).toEqual({ outcome: "ready", values: { owner: {} } });
  const free = { ...schema, additionalProperties: text };
  const open = buildTool({
    method: "PATCH",
    body: createRequestBody("application/merge-patch+json", free),
    definitions: { Node },
  });
  expect(read(open, { body: given })).toEqual({ outcome: "ready", values: { body: given } });
});
