import { expect, test } from "bun:test";
import { createClientSchema } from "../../../src/tools/custom/client-schema.ts";

test("`createClientSchema()` leaves out unknown keywords with a structure, which can refer to what is not written", () => {
  const { inputSchema } = createClientSchema({
    type: "object",
    property: { a: { $ref: "#/$defs/A" } },
    properties: { b: { type: ["string", "null"], minLength: 1, rules: [{ $ref: "#/$defs/A" }], unit: "m" } },
    $defs: { A: { type: "integer" } },
  });
  expect(inputSchema).toEqual({
    type: "object",
    properties: { b: { type: ["string", "null"], minLength: 1, unit: "m" } },
  });
});

test("`createClientSchema()` refuses a schema that takes long to compile", () => {
  const create = (count: number) => {
    const names = Array.from({ length: count }, (_, index) => `name_${index}`);
    return createClientSchema({ properties: Object.fromEntries(names.map((name) => [name, {}])) });
  };
  expect(create(998).read({ name_1: 1 })).toEqual({ value: { name_1: 1 }, problems: [] });
  expect(() => create(999)).toThrow("the JSON Schema has more than 1000 objects");
});
