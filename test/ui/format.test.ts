import { expect, test } from "bun:test";
import { formatCallLine } from "../../ui/call-line.ts";
import { formatDollars, formatDuration, formatFileSize } from "../../ui/format.ts";

test("`formatDuration()` uses milliseconds, seconds or minutes", () => {
  expect([0, 12.4, 999, 1000, 1740, 59_949, 59_950, 125_000].map(formatDuration)).toEqual([
    "0 ms",
    "12 ms",
    "999 ms",
    "1.0 s",
    "1.7 s",
    "59.9 s",
    "1 min 0 s",
    "2 min 5 s",
  ]);
});

test("`formatDollars()` keeps two digits of small amounts", () => {
  expect([0, 0.00213, 0.000004, 0.1, 1.239, 12].map(formatDollars)).toEqual([
    "$0",
    "$0.0021",
    "$0.0000040",
    "$0.10",
    "$1.24",
    "$12.00",
  ]);
});

test("`formatCallLine()` puts the values into the path and lists the arguments", () => {
  const line = formatCallLine({
    name: "updateItem",
    path: "/orders/{order_id}/items/{item}",
    arguments: { order_id: 9007199254740993n, item: "a/b", quantity: 2, tags: ["x"], note: { a: 1 } },
  });
  expect(line).toEqual({
    path: "/orders/9007199254740993/items/a%2Fb",
    values: "order_id: 9007199254740993, item: a/b, quantity: 2, tags: [1], note: {…}",
  });
});

test("`formatCallLine()` returns the name of an unknown operation", () => {
  expect(formatCallLine({ name: "search", path: undefined, arguments: {} })).toEqual({
    path: "search",
    values: "",
  });
});

test("`formatFileSize()` uses bytes, kilobytes or megabytes", () => {
  expect([0, 999, 1000, 9_949, 9_950, 999_499, 999_500, 12_345_678].map(formatFileSize)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "9.9 kB",
    "10 kB",
    "999 kB",
    "1.0 MB",
    "12 MB",
  ]);
});
