import { expect, test } from "bun:test";
import { readJson } from "../../src/results/read-json.ts";

const sequences: readonly (readonly [string, string, unknown])[] = [
  ["JSON lines", '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
  ["lines with CRLF, blank lines and scalars", '{"a":1}\r\n\r\n2\r\n"x"\r\n', [{ a: 1 }, 2, "x"]],
  ["values without a separator", '{"a":"}"}{"a":"\\""}[1]', [{ a: "}" }, { a: '"' }, [1]]],
  ["indented values", '{\n "a": 1\n}\n{\n "a": 2\n}', [{ a: 1 }, { a: 2 }]],
  ["records of RFC 7464", '\x1e{"a":1}\n\x1e{"a":2}\n', [{ a: 1 }, { a: 2 }]],
  ["lists as lines", "[1,2]\n[3]\n", [[1, 2], [3]]],
  ["long integers", '{"a":9007199254740993}\n{"a":1}', [{ a: 9007199254740993n }, { a: 1 }]],
  ["lines whose last one breaks off", '{"a":1}\n{"a":2}\n{"a', [{ a: 1 }, { a: 2 }]],
  ["events", 'data: {"a":1}\n\ndata: {"a":2}\n\n', [{ data: { a: 1 } }, { data: { a: 2 } }]],
  [
    "events with fields, comments and an end",
    ': hi\n\nevent: add\nid: 7\ndata: {"a":\ndata: 1}\n\ndata: [DONE]\n\n',
    [{ event: "add", id: "7", data: { a: 1 } }, { data: "[DONE]" }],
  ],
];

for (const [what, text, value] of sequences)
  test(`\`readJson()\` reads ${what} as a list`, () => {
    expect(readJson(text)).toEqual(value);
  });

for (const text of [
  "{a} and {b}",
  '{"a":1} trailing text',
  '{"a":1} trailing text\nmore',
  "name: x\ndata: y\n",
  "data: y\n\n",
  "plain",
  "",
  '{"a":',
])
  test(`\`readJson()\` reads no list from ${JSON.stringify(text)}`, () => {
    expect(readJson(text)).toBeUndefined();
  });

test("a long text is read in linear time", () => {
  const started = performance.now();
  for (const text of [
    '{"a":1}\n'.repeat(100_000),
    "{".repeat(500),
    `{"${"\\".repeat(500_000)}`,
    "data:\n".repeat(100_000),
  ])
    readJson(text);
  expect(performance.now() - started).toBeLessThan(3000);
});
