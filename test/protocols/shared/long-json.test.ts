/** Tests that a long text of JSON gives what `JSON.parse` and `parseJson` give, over a worker. */
import { describe, expect, test } from "bun:test";
import { AppError } from "../../../src/errors.ts";
import { parseJson } from "../../../src/json.ts";
import { parseClientJson } from "../../../src/protocols/shared/client-json.ts";
import { MAX_SHORT_JSON, readLongJson } from "../../../src/protocols/shared/long-json.ts";

const long = (character: string, length = 70_000) => character.repeat(length);
const list = <Entry>(count: number, make: (index: number) => Entry) =>
  Array.from({ length: count }, (_, index) => make(index));
const stringify = JSON.stringify;

const VALUES: Readonly<Record<string, string>> = {
  "members in their order, long and short": `{"a":1,"b":"${long("b")}","c":{"d":[],"e":{}},"f":"${long("f")}","g":null}`,
  "a list of short objects": stringify(list(12_000, (id) => ({ id, name: `thing ${id}` }))),
  "long texts in nested lists": stringify([
    [long("a"), [1, long("b"), [{ x: long("c") }]]],
    list(9000, String),
  ]),
  "a long text by itself": stringify(long('é\n"', 50_000)),
  "names of prototypes": `{"__proto__":{"__proto__":1,"x":"${long("x")}"},"constructor":"${long("y")}","toString":2}`,
  "names of digits and an empty one": `{"10":"${long("a")}","2":"${long("b")}","":{"":"${long("c")}"}}`,
  "integers beyond 2^53": `{"id":9007199254740993,"list":[12345678901234567890,-9007199254740993,1.5],"text":"${long("a")}"}`,
  "escapes and letters of several bytes": stringify({ "ü\u0000": long("日\\\u2028🌍", 20_000) }),
  "blanks between everything": ` {\n "a" : [ "${long("a")}" , 1 ] }\t`,
  "a number by itself": `${" ".repeat(MAX_SHORT_JSON)}17`,
};

/** Returns the bytes of a text in chunks that cut letters apart. */
function inChunks(text: string): Uint8Array<ArrayBuffer>[] {
  const bytes = new TextEncoder().encode(text);
  return list(Math.ceil(bytes.length / 9973), (index) => bytes.slice(index * 9973, (index + 1) * 9973));
}

describe.each(Object.entries(VALUES))("%s:", (_name, text) => {
  test("a worker gives the value that the parsers give.", async () => {
    const [ofText, ofBytes] = await Promise.all([readLongJson(text, "a"), readLongJson(inChunks(text), "a")]);
    const exact = parseJson(text);
    expect(parseClientJson(ofText, "bad_request", parseJson)).toEqual(exact);
    expect(parseClientJson(ofBytes, "bad_request", parseJson)).toEqual(exact);
    // The order and the own members count too.
    expect(stringify(parseClientJson(ofBytes))).toBe(stringify(JSON.parse(text)));
    expect(ofBytes).toMatchObject({ length: text.length, hash: ofText.hash });
  });
});

test("A long text has the errors of a short one.", async () => {
  const readError = (read: () => unknown) => {
    try {
      return read();
    } catch (error) {
      return error instanceof AppError ? `${error.code} ${error.message}` : (error as Error).name;
    }
  };
  const texts = [
    "{",
    `{"a":"\\ud800"`,
    `{"a":[{"b":"\\ud800"}]`,
    `{"a":${"[".repeat(101)}${"]".repeat(101)}`,
    `{"a":[${"0,".repeat(50_000)}0]`,
    `{"a":${"9".repeat(1001)}`,
    `{"a":{${list(10_001, (index) => `"k${index}":1`)}}`,
  ];
  for (const text of texts) {
    const padded = `${text},"z":"${long("z", MAX_SHORT_JSON)}"}`;
    const read = await readLongJson(padded, "a");
    const short = readError(() => parseClientJson(padded, "bad_frame"));
    expect(short).toBeString();
    expect(readError(() => parseClientJson(read, "bad_frame"))).toBe(short);
  }
});

test("Many members with few names are taken, also when the names have quotes.", () => {
  const records = list(6000, (id) => ({ id, 'a "quoted": name': [""], '"': ":" }));
  expect(parseClientJson(stringify(records))).toEqual(records);
  const many = list(10_001, (index) => [`"${index}:`, 1] as const);
  expect(() => parseClientJson(stringify(Object.fromEntries(many)))).toThrow(
    "body: more than 10000 different names.",
  );
});
