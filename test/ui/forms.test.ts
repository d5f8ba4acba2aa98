import { describe, expect, test } from "bun:test";
import { readFields } from "../../ui/forms/fields.ts";
import { fits, fromText, withValue } from "../../ui/forms/values.ts";

const kinds = (schema: unknown) => readFields(schema).map(({ name, kind }) => [name, kind]);

describe("readFields()", () => {
  test("has a kind for each type, and required fields first", () => {
    const schema = {
      type: "object",
      required: ["id"],
      properties: {
        name: { type: "string" },
        size: { type: ["integer", "null"] },
        isNew: { type: "boolean" },
        color: { type: "string", enum: ["red", "blue"] },
        tags: { type: "array", items: { type: "string" } },
        owner: { type: "object", properties: { email: { type: "string" } } },
        extra: { type: "object" },
        either: { oneOf: [{ type: "string" }, { type: "integer" }] },
        id: { type: "integer" },
      },
    };
    expect(kinds(schema)).toEqual([
      ["id", "number"],
      ["name", "text"],
      ["size", "number"],
      ["isNew", "boolean"],
      ["color", "choice"],
      ["tags", "list"],
      ["owner", "object"],
      ["extra", "json"],
      ["either", "json"],
    ]);
  });

  test("follows references, also those of a schema to itself", () => {
    const node = {
      type: "object",
      properties: { next: { $ref: "#/$defs/Node" }, value: { type: "string" } },
    };
    const [field] = readFields({
      properties: { node: { anyOf: [{ $ref: "#/$defs/Node" }, { type: "null" }] } },
      $defs: { Node: node },
    });
    expect([field?.kind, field?.fields.map(({ name }) => name)]).toEqual(["object", ["next", "value"]]);
    let depth = 0;
    for (let at = field; at?.kind === "object"; at = at.fields[0]) depth += 1;
    expect(depth).toBe(4);
  });

  test.each([undefined, null, "text", { properties: [] }, { $ref: "#/none" }])(
    "has no fields for %p",
    (schema) => {
      expect(readFields(schema)).toEqual([]);
    },
  );
});

test("fits() is false for what the fields would lose", () => {
  const fields = readFields({
    properties: { name: { type: "string" }, tags: { type: "array", items: { type: "string" } } },
  });
  expect(fits(fields, { name: "a", tags: ["b"] })).toBe(true);
  expect(fits(fields, {})).toBe(true);
  for (const value of [{ name: 1 }, { other: 1 }, { tags: [1] }, { tags: "b" }, []])
    expect([value, fits(fields, value)]).toEqual([value, false]);
});

test("fromText() keeps long integers, and what is no number as text", () => {
  const number = { kind: "number", isRequired: true } as const;
  expect(
    ["9007199254740993", "1.50", "-2", "1e3", "007", "many", ""].map((text) => fromText(text, number)),
  ).toEqual([9007199254740993n, 1.5, -2, 1000, "007", "many", undefined]);
  expect(fromText("", { kind: "text", isRequired: false })).toBeUndefined();
  expect(fromText("", { kind: "text", isRequired: true })).toBe("");
});

test("withValue() keeps the order of names, and removes a name without a value", () => {
  expect(Object.entries(withValue({ a: 1, b: 2 }, "a", 3))).toEqual([
    ["a", 3],
    ["b", 2],
  ]);
  expect(withValue({ a: 1, b: 2 }, "a", undefined)).toEqual({ b: 2 });
});
