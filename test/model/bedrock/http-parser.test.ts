import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ResponseParser } from "../../../src/model/bedrock/http-parser.ts";

/** Returns what a parser reports for these parts, and whether another request may follow. */
function parse(parts: readonly Buffer[], endsConnection = false) {
  const responses: { status: number; headers: object; body: string; isComplete: boolean }[] = [];
  const parser = new ResponseParser({
    onHead: ({ status, headers }) =>
      responses.push({ status, headers: { ...headers }, body: "", isComplete: false }),
    onBody: (chunk) => {
      const last = responses.at(-1);
      if (last) last.body += Buffer.from(chunk).toString("latin1");
    },
    onEnd: () => {
      const last = responses.at(-1);
      if (last) last.isComplete = true;
    },
  });
  for (const part of parts) parser.push(part);
  if (endsConnection) parser.end();
  return { responses, isReusable: parser.isReusable };
}

const response = (status: number, headers: object, body: string) => ({
  status,
  headers,
  body,
  isComplete: true,
});

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\nx-a: 2\r\n\r\n";
const VALID = [
  [
    "chunks",
    `${CHUNKED}3\r\nabc\r\n1A;name=value\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nTrailer: x\r\n\r\n`,
    response(200, { "transfer-encoding": "chunked", "x-a": "1, 2" }, "abcabcdefghijklmnopqrstuvwxyz"),
    true,
  ],
  [
    "a length",
    "HTTP/1.1 404 Not Found\r\ncontent-length:5  \r\n\r\nhello",
    response(404, { "content-length": "5" }, "hello"),
    true,
  ],
  [
    "an interim response",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\ncontent-length: 0\r\n\r\n",
    response(200, { "content-length": "0" }, ""),
    true,
  ],
  ["no body", "HTTP/1.1 204 No Content\r\n\r\n", response(204, {}, ""), true],
  [
    "an end of the connection",
    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\na",
    response(200, { connection: "close", "content-length": "1" }, "a"),
    false,
  ],
  [
    "HTTP/1.0",
    "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na",
    response(200, { "content-length": "1" }, "a"),
    false,
  ],
] as const;

describe("A response is the same however its bytes are divided:", () => {
  test.each(VALID)("%s", (_, text, expected, isReusable) => {
    const bytes = Buffer.from(text, "latin1");
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 6 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const parts = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(parse(parts)).toEqual({ responses: [expected], isReusable });
      }),
      { numRuns: 50 },
    );
  });
});

test("A body without a length ends with the connection.", () => {
  const parts = ["HTTP/1.1 200 OK\r\n\r\nab", "c"].map((part) => Buffer.from(part));
  expect(parse(parts).responses).toEqual([{ ...response(200, {}, "abc"), isComplete: false }]);
  expect(parse(parts, true)).toEqual({ responses: [response(200, {}, "abc")], isReusable: false });
});

test.each([
  ["another protocol", "SSH-2.0-Example\r\n"],
  ["another version", "HTTP/2 200 OK\r\n\r\n"],
  ["no status", "HTTP/1.1 OK\r\n\r\n"],
  ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"],
  ["a space after a name", "HTTP/1.1 200 OK\r\na : b\r\n\r\n"],
  ["a folded line", "HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n"],
  ["a bare line feed", "HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n"],
  ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1, 1\r\n\r\n"],
  ["a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"],
  [
    "a length of a chunked body",
    "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
  ],
  ["another coding", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n"],
  ["a size that is no number", `${CHUNKED}g\r\n`],
  ["a size after a space", `${CHUNKED} 3\r\nabc\r\n`],
  ["a chunk longer than its size", `${CHUNKED}3\r\nabcd\r\n`],
  ["a huge size", `${CHUNKED}123456789\r\n`],
  ["a long head", `HTTP/1.1 200 OK\r\na: ${"b".repeat(70_000)}`],
  ["a long line", `${CHUNKED}1;${"e".repeat(5000)}`],
])("A response with %s is refused.", (_, text) => {
  expect(() => parse([Buffer.from(text)])).toThrow(expect.objectContaining({ name: "HttpSyntaxError" }));
});
