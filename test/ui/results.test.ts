import { describe, expect, test } from "bun:test";
import { describeOutcome, summarizeCalls } from "../../ui/call-outcome.ts";
import { describeCall } from "../../ui/call-sentence.ts";
import { toCsv, toTabs } from "../../ui/csv.ts";
import { toCurl } from "../../ui/curl.ts";
import { readContent } from "../../ui/results/content.ts";
import { findRows } from "../../ui/results/lists.ts";
import { toRawLines } from "../../ui/results/raw-lines.ts";
import { filterRows, listColumns, sortRows, toCellText, toGrid } from "../../ui/results/table-data.ts";
import { listNodes } from "../../ui/results/tree-nodes.ts";
import { createCall } from "../../ui/state/reply.ts";
import type { CallPart } from "../../ui/state/types.ts";

describe("`readContent()`", () => {
  test("keeps the status and the headers, and leaves out what tells the model how to go on", () => {
    const text = [
      "HTTP 200 OK",
      "X-Total-Count: 40",
      "More: call listOrders with page 2, or fetch_all.",
      "All of the list: 40 records from 2 pages.",
      "Filter not applied: no such field. The call was carried out, and this is its full response.",
      "Note: only the first 10 bytes of the response were read.",
    ].join("\n");
    expect(readContent(`${text}\n\n[{"id":9007199254740993}]`)).toEqual({
      head: ["HTTP 200 OK", "X-Total-Count: 40", "Note: only the first 10 bytes of the response were read."],
      body: '[{"id":9007199254740993}]',
      value: [{ id: 9007199254740993n }],
    });
    expect(readContent("Tell the person: Ask Ann.\n\nHTTP 503 Service Unavailable\n\ndown")).toEqual({
      head: ["HTTP 503 Service Unavailable"],
      body: "down",
      value: undefined,
    });
  });

  test("reads lines of JSON as a list, and other text as it is", () => {
    expect(readContent('{"a":1}\n{"a":2}\n').value).toEqual([{ a: 1 }, { a: 2 }]);
    expect(readContent("[info] started").value).toBeUndefined();
    expect(readContent("(no content)").body).toBe("The response has no content.");
  });
});

describe("`findRows()`", () => {
  test("finds the lists of an envelope, the longest one first", () => {
    const value = { links: [{ rel: "self" }], data: { items: [{ a: 1 }, { a: 2 }] }, tags: ["x", "y", "z"] };
    expect(findRows(value)).toEqual([
      { path: "data.items", rows: [{ a: 1 }, { a: 2 }] },
      { path: "links", rows: [{ rel: "self" }] },
    ]);
  });

  test("makes rows of the fields of a record", () => {
    expect(findRows({ id: 7, name: "Ann" })).toEqual([
      {
        path: "",
        rows: [
          { Field: "id", Value: 7 },
          { Field: "name", Value: "Ann" },
        ],
      },
    ]);
  });
});

describe("the cells of a table", () => {
  test("have the columns of all rows, and those of numbers align at the right", () => {
    const rows = [{ a: 1, b: "x" }, { a: 22n, c: null }, { a: null }];
    expect(listColumns(rows).map(({ name, isNumeric }) => [name, isNumeric])).toEqual([
      ["a", true],
      ["b", false],
      ["c", false],
    ]);
    expect(listColumns(["x", 5]).map(({ name }) => name)).toEqual(["value"]);
    expect(listColumns([[1, 2], [3]]).map(({ name }) => name)).toEqual(["1", "2"]);
  });

  test("are sorted as numbers or as people sort texts, and rows without a value come last", () => {
    const rows = [{ a: 10 }, { a: 9n }, {}, { a: -1.5 }, { a: null }];
    expect(sortRows(rows, { column: "a", isDescending: false })).toEqual([
      { a: -1.5 },
      { a: 9n },
      { a: 10 },
      {},
      { a: null },
    ]);
    expect(sortRows(rows, { column: "a", isDescending: true }).slice(0, 2)).toEqual([{ a: 10 }, { a: 9n }]);
    const texts = [{ a: "item 10" }, { a: "Item 9" }, { a: "äpfel" }];
    expect(sortRows(texts, { column: "a", isDescending: false })).toEqual([
      { a: "äpfel" },
      { a: "Item 9" },
      { a: "item 10" },
    ]);
    expect(sortRows(texts, undefined)).toBe(texts);
  });

  test("are searched without regard to case, in the shown columns", () => {
    const rows = [{ a: "Lisbon", b: "x" }, { a: { city: "LISBON" } }, { a: "Rome", b: "lisbon" }];
    const [a] = listColumns(rows);
    expect(filterRows(rows, a ? [a] : [], " lisbon ")).toEqual(rows.slice(0, 2));
  });

  test("are JSON on one line for objects, up to a depth", () => {
    expect(toCellText({ a: [1, 9007199254740993n] })).toBe('{"a": [1, 9007199254740993]}');
    expect(toCellText(JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`))).toContain("[…]");
  });
});

describe("tables for spreadsheets", () => {
  test("have no formulas, and keep numbers", () => {
    const attacks = ["=1+1", "+SUM(A1)", "-1+1", "@x", "\t=1", "\r=1", " =1", "'=1", '"=1', "＝1", "－1+1"];
    const cells = toCsv(attacks.map((attack) => [attack]))
      .slice(1, -2)
      .split("\r\n");
    expect(cells.map((cell) => /^"?'/.test(cell))).toEqual(attacks.map(() => true));
    expect(toCsv([["-5", "-5.25", "+4e3", "12", "-3 %"]])).toBe("\ufeff-5,-5.25,+4e3,12,-3 %\r\n");
  });

  test("quote separators, quotes and line breaks", () => {
    expect(
      toCsv([
        ["name", "=cmd"],
        ['a "b", c\nd', ""],
      ]),
    ).toBe('\ufeffname,\'=cmd\r\n"a ""b"", c\nd",\r\n');
  });

  test("are pasted with tabs", () => {
    expect(
      toTabs([
        ["name", "=cmd"],
        ["a\tb\nc", "=1"],
      ]),
    ).toBe("name\t'=cmd\na b c\t'=1");
  });

  test("have the names of the columns and the texts of the cells", () => {
    const rows = [{ a: 1n, b: null }, { a: { c: true } }];
    expect(toGrid(listColumns(rows), rows)).toEqual([
      ["a", "b"],
      ["1", ""],
      ['{"c": true}', ""],
    ]);
  });
});

test("`listNodes()` opens the first levels, and what a person opens", () => {
  const value = { a: { b: { c: 1 } }, list: Array.from({ length: 30 }, (_, index) => index) };
  const paths = (toggled: readonly string[]) => listNodes(value, new Set(toggled)).map(({ path }) => path);
  expect(paths([])).toEqual(["", "/a", "/a/b", "/list"]);
  expect(paths(["/a", "/list"])).toEqual(["", "/a", "/list", ...value.list.map((at) => `/list/${at}`)]);
  expect(paths([""])).toEqual([""]);
});

test("`toRawLines()` indents JSON and divides long lines", () => {
  expect(toRawLines('{"a":[]}', true)).toEqual(["{", '  "a": []', "}"]);
  expect(toRawLines("x".repeat(9_000), false).map(({ length }) => length)).toEqual([4000, 4000, 1000]);
});

const call = (change: Partial<CallPart>): CallPart => ({
  ...createCall({ tool_call_id: "c", name: "listLateOrders", arguments: {} }, "ok"),
  ...change,
});

test.each([
  [{ summary: "List orders" }, "Listed orders"],
  [{ summary: "Lists all pets." }, "Listed all pets"],
  [{ summary: "Get a customer" }, "Got a customer"],
  [{ summary: "Copies a file" }, "Copied a file"],
  [{ summary: "Cancel an order" }, "Canceled an order"],
  [{ summary: "Updates a pet" }, "Updated a pet"],
  [{ summary: "Orders of a customer" }, "Orders of a customer"],
  [{ summary: "Order history" }, "Order history"],
  [{ summary: "Place an order" }, "Placed an order"],
  [{ summary: "Search orders" }, "Searched orders"],
  [{ summary: "Bestellungen auflisten" }, "Bestellungen auflisten"],
  [{}, "Listed late orders"],
  [{ name: "get_HTTP_status-v2" }, "Got http status v2"],
  [{ summary: "List orders", status: "failed" }, "List orders"],
  [{ summary: "List \u202eorders", status: "running" }, "List \\u202eorders"],
] as const)("`describeCall()` says what a call did: %o", (change, sentence) => {
  expect(describeCall(call(change))).toBe(sentence);
});

test.each([
  [{ rows: 200, durationMs: 23, httpStatus: 200 }, "200 rows · 23 ms"],
  [{ rows: 1, durationMs: 1200 }, "1 row · 1.2 s"],
  [{ status: "failed", httpStatus: 404, durationMs: 12 }, "404 · 12 ms"],
  [{ status: "failed", durationMs: 12 }, "failed · 12 ms"],
  [{ status: "failed", refused: "person", durationMs: 0 }, "refused"],
  [{ status: "failed", refused: "policy", durationMs: 0 }, "refused"],
  [{ status: "failed", refused: "expired", durationMs: 0 }, "expired"],
  [{ status: "failed", refused: "arguments", durationMs: 0 }, "not sent"],
  [{ status: "unknown" }, "no result"],
  [{ status: "running" }, ""],
] as const)("`describeOutcome()` says how a call ended: %o", (change, outcome) => {
  expect(describeOutcome(call(change))).toBe(outcome);
});

test("`summarizeCalls()` counts failed and refused calls", () => {
  const calls = [call({}), call({ status: "failed" }), call({ status: "failed", refused: "person" })];
  expect(summarizeCalls(calls)).toBe("3 calls, 1 failed, 1 refused");
});

describe("`toCurl()`", () => {
  test("quotes every character for the shell", () => {
    expect(
      toCurl({
        method: "POST",
        url: "https://api.example/orders?q=it's&key=***",
        headers: { "X-Key": "$(id) `id`" },
        body: '{"a":"it\'s"}',
      }),
    ).toBe(
      [
        "curl -X POST 'https://api.example/orders?q=it'\\''s&key=***' \\",
        "  -H 'X-Key: $(id) `id`' \\",
        "  -H 'Content-Type: application/json' \\",
        `  --data-raw '{"a":"it'\\''s"}'`,
      ].join("\n"),
    );
  });

  test("asks for headers only of HEAD, and shows the parts of a form as comments", () => {
    expect(toCurl({ method: "HEAD", url: "https://api.example/a" })).toBe("curl -I https://api.example/a");
    const headers = { "Content-Type": "multipart/form-data" };
    expect(toCurl({ method: "POST", url: "https://a.example/f", headers, body: "a: 1\nb: 2" })).toBe(
      "# a: 1\n# b: 2\ncurl -X POST https://a.example/f \\\n  -H 'Content-Type: multipart/form-data'",
    );
  });
});
