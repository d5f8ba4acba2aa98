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

test("`indentJson()` handles strings of several megabytes", () => {
  for (const part of ["x", '\\"', "\\"]) {
    const text = JSON.stringify({ a: part.repeat(4_000_000), b: [1, {}] });
    expect(indentJson(text, 0) === JSON.stringify(JSON.parse(text), null, 2)).toBe(true);
  }
});
