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
