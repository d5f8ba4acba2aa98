import { expect, test } from "bun:test";
import { makeChart } from "../../src/results/chart.ts";
import { ChartArguments, type ChartRequest } from "../../src/results/chart-definition.ts";

const REQUEST: ChartRequest = { type: "bar", title: "Sales", x: "month", y: ["sum"], stacked: false };

function make(change: Partial<ChartRequest>, rows: readonly unknown[]): unknown {
  const outcome = makeChart({ ...REQUEST, ...change }, rows);
  return outcome.outcome === "ready" ? JSON.parse(outcome.content) : outcome.problem;
}

test("`makeChart()` returns a label and the numbers of each row, and gaps", () => {
  expect(
    make({ y: ["sum", "cost"] }, [
      { month: "Jan", sum: "12.5", cost: 3, other: 1 },
      { month: null, sum: 9_007_199_254_740_993n, cost: null },
    ]),
  ).toEqual({
    note: expect.any(String),
    chart: { type: "bar", title: "Sales", x: "month", y: ["sum", "cost"], stacked: false },
    rows: [
      ["Jan", 12.5, 3],
      ["", 9_007_199_254_740_992, null],
    ],
  });
  expect(make({ type: "scatter", x: "a" }, [{ a: "1.5", sum: 2 }])).toMatchObject({ rows: [[1.5, 2]] });
});

test.each([
  [{}, [], "There are no rows to show."],
  [{}, [1, 2], "The rows must be objects with the fields month, sum."],
  [{ x: "day" }, [{ month: "Jan", sum: 1 }], "No row has day. The first row has: month, sum."],
  [{}, [{ month: "Jan", sum: "many" }], "sum is not a number in every row."],
  [
    { type: "pie" },
    Array(31).fill({ month: "Jan", sum: 1 }),
    "31 rows are too many for a pie chart; 30 fit. Aggregate them first.",
  ],
] as const)("`makeChart()` says what is wrong: %o", (change, rows, problem) => {
  expect(make(change, rows)).toBe(problem);
});

test("the arguments may be JSON texts, and one field instead of a list", () => {
  const values = { type: "line", title: "t", x: "a", y: "b", rows: '[{"a":1,"b":2}]', id: "" };
  expect(ChartArguments.parse(values)).toEqual({
    type: "line",
    title: "t",
    x: "a",
    y: ["b"],
    stacked: false,
    rows: [{ a: 1, b: 2 }],
  });
  expect(ChartArguments.parse({ ...values, y: '["b","c"]' }).y).toEqual(["b", "c"]);
});
