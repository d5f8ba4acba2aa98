import { describe, expect, test } from "bun:test";
import { parseJson } from "../../src/json.ts";
import { query } from "../../src/results/query.ts";

/** Creates a clock that advances with every reading, so that the limit depends on the work and not on the machine. */
function createTickingClock(step = 0.05) {
  let time = 0;
  return () => {
    time += step;
    return time;
  };
}

const IDS = '[{"id":9007199254740993,"n":"a"},{"id":9007199254740992,"n":"b"},{"id":5,"n":"c"}]';

describe("integers beyond 2^53 stay exact through", () => {
  test.each([
    ["[*].id", "[9007199254740993,9007199254740992,5]"],
    ["[?id==`9007199254740993`].n", '["a"]'],
    ["[?id!=`9007199254740993`].n", '["b","c"]'],
    ["[?id>`9007199254740992`].n", '["a"]'],
    ["sort_by(@, &id)[*].n", '["c","b","a"]'],
    ["sort([*].id)", "[5,9007199254740992,9007199254740993]"],
    ["max([*].id)", "9007199254740993"],
    ["min_by([:2], &id).n", '"b"'],
    ["sum([*].id)", "18014398509481990"],
    ["contains([*].id, `9007199254740993`)", "true"],
    ["to_string([0].id)", '"9007199254740993"'],
    ["[0].{number: id, type: type(id)}", '{"number":9007199254740993,"type":"number"}'],
    ["let $id = [0].id in $id", "9007199254740993"],
  ])("%s", (expression, text) => {
    expect(query(parseJson(IDS), expression, { now: createTickingClock() })).toEqual({
      outcome: "ready",
      text,
      notes: [],
    });
  });
});

test("an invalid expression is refused with the library's message", () => {
  const refused = (expression: string) => query(parseJson(IDS), expression, { now: createTickingClock() });
  expect(refused("[?id")).toEqual({ outcome: "refused", problem: expect.stringContaining("Syntax error") });
  expect(refused("nope(@)")).toEqual({ outcome: "refused", problem: "Unknown function: nope()" });
  expect(refused("abs('x')")).toEqual({ outcome: "refused", problem: expect.stringContaining("abs()") });
  expect(refused("x".repeat(5000))).toEqual({
    outcome: "refused",
    problem: "The expression is longer than 4000 characters.",
  });
});

describe("a hostile expression is refused within its limits:", () => {
  const rows = Array.from({ length: 5000 }, (_, id) => ({ id, name: `name ${id}`, tags: ["a", "b"] }));
  const doubled = (step: string) => Array.from({ length: 60 }, () => step).join("|");
  test.each([
    ["all rows for every row", "$[].{a: $}"],
    ["a search for each row", "[*].{x: $[?id==`5`]}"],
    ["a tree that doubles", doubled("[@,@]")],
    ["a list that doubles", doubled("[@,@][]")],
    ["a doubling tree compared with itself", `{a: ${doubled("[@,@]")}, b: ${doubled("[@,@]")}} | a == b`],
    ["a doubling tree as a text", `${doubled("[@,@]")} | to_string(@)`],
    ["a wide padding", "pad_left('x', `1000000000`)"],
    ["a text in a text", "replace(join('', [*].name), '', join('', [*].name))"],
    ["texts of texts", "join('', map(&join('', $[*].name), @))"],
    ["many zipped lists", `zip(${"@,".repeat(1000)}@)`],
  ])(
    "%s",
    (_name, expression) => {
      const outcome = query(rows, expression, {
        now: performance.now.bind(performance),
        sizeLimit: 1_000_000,
      });
      expect(outcome).toEqual({ outcome: "refused", problem: expect.any(String) });
    },
    20_000,
  );
});
