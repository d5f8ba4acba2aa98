import { expect, test } from "bun:test";
import fc from "fast-check";
import { indentJson } from "../../src/commands/indent-json.ts";

test("`indentJson()` lays out JSON as `JSON.stringify()` does", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value: unknown = JSON.parse(text);
      expect(indentJson(JSON.stringify(value), 0)).toBe(JSON.stringify(value, null, 2));
    }),
  );
});
