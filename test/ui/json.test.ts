import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseExact, printExact } from "../../ui/json/exact.ts";
import { indentJson } from "../../ui/json/indent.ts";
import { toReadable } from "../../ui/json/readable.ts";
import { tokenize } from "../../ui/json/tokens.ts";

describe("`printExact()`", () => {
  test("prints any value as `JSON.stringify()` does with two spaces", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => expect(printExact(value)).toBe(JSON.stringify(value, null, 2))),
    );
  });

  test("keeps every digit of a long id", () => {
    expect(printExact(parseExact('{"id":9007199254740993}'))).toBe('{\n  "id": 9007199254740993\n}');
  });
});

describe("`indentJson()`", () => {
  test("changes only the space between values", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2)),
      ),
    );
  });

  test("keeps numbers as they are written, and accepts truncated text", () => {
    expect(indentJson('{"id":9007199254740993,"price":1.50,"tags":[],"name":"Desk la…')).toBe(
      '{\n  "id": 9007199254740993,\n  "price": 1.50,\n  "tags": [],\n  "name": "Desk la…',
    );
  });
});

test("the indentation of JSON with thousands of levels is limited", () => {
  const deep = `${"[".repeat(4_000)}${"]".repeat(4_000)}`;
  const printed = printExact(parseExact(deep));
  expect(printed.replace(/\s/g, "")).toBe(deep);
  expect(printed.length).toBeLessThan(deep.length * 120);
});

describe("`tokenize()`", () => {
  test("returns tokens whose joined texts equal the input", () => {
    const anything = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => printExact(value)),
    );
    fc.assert(
      fc.property(anything, (text) =>
        expect(
          tokenize(text)
            .map((token) => token.text)
            .join(""),
        ).toBe(text),
      ),
    );
  });

  test("distinguishes names, strings, numbers and literals", () => {
    const kinds = tokenize('{"a": "b", "c": [-1.5, true]}')
      .filter(({ kind }) => kind !== "other")
      .map(({ kind, text }) => `${kind} ${text}`);
    expect(kinds).toEqual(['name "a"', 'string "b"', 'name "c"', "number -1.5", "literal true"]);
  });
});

describe("`toReadable()`", () => {
  test("separates the status and headers of a response from its body", () => {
    expect(toReadable('HTTP 201 Created\nLocation: /orders/7\n\n{"id":7}')).toEqual({
      head: "HTTP 201 Created\nLocation: /orders/7",
      format: "json",
      text: '{\n  "id": 7\n}',
    });
  });

  test("leaves text unchanged, even if it begins with a bracket", () => {
    for (const text of ["plain", "[12:01] started…", "{not json}", "", "12"])
      expect(toReadable(text)).toEqual({ head: undefined, format: "text", text });
  });

  test("indents truncated JSON", () => {
    expect(toReadable('[{"id":1},{"id"…')).toEqual({
      head: undefined,
      format: "json",
      text: '[\n  {\n    "id": 1\n  },\n  {\n    "id"…',
    });
  });
});
