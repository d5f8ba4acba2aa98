import { describe, expect, test } from "bun:test";
import { parseJson } from "../../src/json.ts";
import { builtinToolNames } from "../../src/results/definitions.ts";
import { describeJson } from "../../src/results/json-shape.ts";
import { describeStored } from "../../src/results/shape.ts";
import type { ResultId } from "../../src/results/types.ts";

describe("the shape of", () => {
  test.each([
    ["[1,2.5,3]", "3 × number"],
    ['{"a":1,"b":null,"c":[]}', "{a: integer, b: null, c: empty list}"],
    ['[{"a":1},{"a":"x","b":true}]', "2 × {a: integer | string, b?: boolean}"],
    ['[{"t":[]},{"t":["x","y"]}]', "2 × {t: 0–2 × string}"],
    ['{"id":9007199254740993,"odd key":1}', '{id: integer, "odd key": integer}'],
    ["[[[[[[[1]]]]]]]", "1 × 1 × 1 × 1 × 1 × 1 × …"],
  ])("%s is %s", (json, shape) => {
    expect(describeJson(parseJson(json))).toBe(shape);
  });

  test("a list is sampled from all over it", () => {
    const list: unknown[] = Array.from({ length: 20_000 }, () => 1);
    list[19_999] = "last";
    expect(describeJson(list)).toBe("20000 × (integer | string)");
  });
});

const names = builtinToolNames([]);
const stored = (text: string) => ({ id: "r1" as ResultId, text, chunkSize: 1000 });

test("`describeStored()` shows the shape, the count and the first records of a long list", () => {
  const rows = Array.from({ length: 3000 }, (_, id) => ({ id, name: `row ${id}` }));
  const text = `HTTP 200 OK\nX-Total-Count: 3000\n\n${JSON.stringify({ items: rows })}`;
  expect(describeStored(stored(text), names, 900)).toBe(
    [
      "HTTP 200 OK",
      "X-Total-Count: 3000",
      `[Too long to show whole: ${text.length} characters, JSON. Kept as r1. query_result (JMESPath) selects from it; read_result (chunks 1 to ${Math.ceil(text.length / 1000)}, or lines) and search_result reach all of it.]`,
      "Shape: {items: 3000 × {id: integer, name: string}}",
      "First 5 of items (3000 in all):",
      '{"id":0,"name":"row 0"}',
      '{"id":1,"name":"row 1"}',
      '{"id":2,"name":"row 2"}',
      '{"id":3,"name":"row 3"}',
      '{"id":4,"name":"row 4"}',
    ].join("\n"),
  );
});

test("`describeStored()` shows both ends and the number of lines of a long text", () => {
  const text = `first\n${"x\n".repeat(5000)}last`;
  const shown = describeStored(stored(text), names, 900);
  expect(shown).toContain("10010 characters, 5002 lines. Kept as r1. read_result (chunks 1 to 11, or lines)");
  expect(shown).toContain("Begins:\nfirst\n");
  expect(shown).toEndWith("x\nlast");
  expect(shown.length).toBeLessThan(900);
});

test("`describeStored()` stays short for every value", () => {
  const wide = Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`key${index}`, "v".repeat(1000)]),
  );
  for (const value of [wide, [wide], { data: [wide, wide] }, "x".repeat(1_000_000)]) {
    expect(describeStored(stored(JSON.stringify(value)), names, 100_000).length).toBeLessThan(5000);
  }
});

test("`builtinToolNames()` avoids the names of the API's tools", () => {
  expect(
    builtinToolNames([{ name: "readResult" }, { name: "fetch_all" }, { name: "specchat_fetch_all" }]),
  ).toEqual({
    read: "specchat_read_result",
    search: "search_result",
    query: "query_result",
    fetchAll: "specchat_specchat_fetch_all",
  });
});
