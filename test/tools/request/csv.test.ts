import { expect, test } from "bun:test";
import { writeCsv } from "../../../src/tools/request/csv.ts";

const COMMA = { separator: ",", hasHeader: true } as const;
const records = {
  type: "array",
  items: { $ref: "#/$defs/Row" },
};
const definitions = {
  Row: { type: "object", properties: { sku: { type: "string" }, price: { type: "number" } } },
};

test("records become rows below a header in the order of the document", () => {
  expect(
    writeCsv(
      [
        { price: 2.5, sku: "a" },
        { sku: "b", note: "x" },
      ],
      records,
      definitions,
      COMMA,
    ),
  ).toBe("sku,price,note\r\na,2.5,\r\nb,,x\r\n");
});

test("fields with separators, quotes, line breaks and outer blanks are quoted", () => {
  const rows = [["a,b", 'say "x"', "1\n2", " c", "d\te", 9007199254740993n, null, true]];
  expect(writeCsv(rows, {}, {}, COMMA)).toBe('"a,b","say ""x""","1\n2"," c",d\te,9007199254740993,,true\r\n');
  expect(writeCsv(rows, {}, {}, { separator: "\t", hasHeader: true })).toBe(
    'a,b\t"say ""x"""\t"1\n2"\t" c"\t"d\te"\t9007199254740993\t\ttrue\r\n',
  );
});

test("a header is left out where the media type says so, and a list of values is one column", () => {
  expect(writeCsv([{ sku: "a", price: 1 }], records, definitions, { ...COMMA, hasHeader: false })).toBe(
    "a,1\r\n",
  );
  expect(writeCsv(["a", 2], {}, {}, COMMA)).toBe("a\r\n2\r\n");
  expect(writeCsv([], records, definitions, COMMA)).toBe("");
});
