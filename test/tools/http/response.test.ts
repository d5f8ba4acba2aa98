import { expect, test } from "bun:test";
import { describeResponse } from "../../../src/tools/http/response.ts";
import type { HttpResult } from "../../../src/tools/http/types.ts";
import { createOperation } from "../fixtures.ts";

const documented = createOperation({
  responses: [
    { status: "200", description: "A thing" },
    { status: "404", description: "No such\n thing" },
    { status: "5XX", description: "Server error" },
    { status: "default", description: "Anything else" },
  ],
});

async function describe(
  status: number,
  type: string | undefined,
  body: string | Uint8Array<ArrayBuffer>,
  headers = {},
) {
  const result: HttpResult = {
    outcome: "received",
    status,
    headers: { ...(type !== undefined && { "content-type": type }), ...headers },
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
    truncated: false,
  };
  const { received, ...output } = await describeResponse(result, documented);
  expect(received).toBe(output.content);
  return output;
}

const ok = (content: string, httpStatus = 200) => ({ status: "ok" as const, content, httpStatus });

const received = <Output extends { readonly content: string }>(output: Output) => ({
  ...output,
  received: output.content,
});

/** Encodes text as UTF-16LE. */
function utf16(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint16Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
}

function utf16BE(text: string): Uint8Array<ArrayBuffer> {
  return Buffer.from(utf16(text)).swap16();
}

const bodies: readonly (readonly [string, string | undefined, string | Uint8Array<ArrayBuffer>, string])[] = [
  ["JSON with exact integers", "application/json", '{"id": 9007199254740993}', '{"id": 9007199254740993}'],
  ["problem JSON", "application/problem+json", "[]", "[]"],
  ["CSV", "text/csv; charset=utf-8", "a,b\n1,2", "a,b\n1,2"],
  ["XML", "application/xml", "<a/>", "<a/>"],
  ["JSON with a wrong type", "application/octet-stream", '{"a":1}', '{"a":1}'],
  ["JSON declared as an image", "image/png", '{"error":"no such image"}', '{"error":"no such image"}'],
  ["text without a type", undefined, "plain", "plain"],
  ["text in another charset", "text/plain; charset=iso-8859-1", new Uint8Array([0xe9]), "é"],
  ["text with a UTF-16 byte order mark", "text/plain", utf16("\ufeffé"), "é"],
  ["JSON in UTF-16", "application/json", utf16('{"a":1}'), '{"a":1}'],
  ["JSON in UTF-16BE", "application/json; charset=utf-16", utf16BE('{"a":"é"}'), '{"a":"é"}'],
  ["JSON in UTF-16 with a wrong charset", "application/json; charset=utf-8", utf16("[1]"), "[1]"],
  ["JSON in UTF-16 under a wrong type", "application/octet-stream", utf16('{"a":1}'), '{"a":1}'],
  ["JSON in UTF-16 without a type", undefined, utf16BE("[1]"), "[1]"],
  ["a number in UTF-16", "application/problem+json", utf16("7"), "7"],
  ["a text of JSON in UTF-16", "application/json", utf16('"日本"'), '"日本"'],
  ["a text of JSON in UTF-16BE", "application/json", utf16BE('"日本"'), '"日本"'],
  ["JSON in UTF-16BE with a byte order mark", "application/json", utf16BE('\ufeff{"a":"日"}'), '{"a":"日"}'],
  ["JSON in UTF-16 after white space", "application/octet-stream", utf16('\r\n [{"a":1}]'), '\r\n [{"a":1}]'],
  ["JSON with a byte order mark under a wrong type", "image/png", utf16('\ufeff{"a":1}'), '{"a":1}'],
  ["JSON in UTF-16 that breaks off", "application/json", utf16('{"a":"日本').slice(0, -1), '{"a":"日\ufffd'],
  [
    "XML that names its encoding",
    "application/xml",
    new Uint8Array([...new TextEncoder().encode('<?xml version="1.0" encoding="ISO-8859-1"?><a>'), 0xe9]),
    '<?xml version="1.0" encoding="ISO-8859-1"?><a>é',
  ],
  ["text that is not valid UTF-8", "text/plain", new Uint8Array([0x61, 0xff, 0x62]), "a\ufffdb"],
  [
    "bytes",
    "application/octet-stream",
    new Uint8Array([0, 1, 2, 255]),
    "(binary content: application/octet-stream, 4 bytes)",
  ],
  ["an image", "image/png", "readable", "(binary content: image/png, 8 bytes)"],
  [
    "bytes declared as JSON",
    "application/json",
    new Uint8Array([0, 255, 254]),
    "(binary content: application/json, 3 bytes)",
  ],
];
for (const [what, type, body, content] of bodies) {
  test(`\`describeResponse()\` returns ${what} for the model`, async () => {
    expect(await describe(200, type, body)).toEqual(ok(content));
  });
}

test("a binary response is described with its file name", async () => {
  const header = { "content-disposition": "attachment; filename=\"a.pdf\"; filename*=UTF-8''%C3%A4.pdf" };
  expect(await describe(200, "application/pdf", "%PDF", header)).toEqual(
    ok("(binary content: application/pdf, 4 bytes, file name ä.pdf)"),
  );
});

test("a path is removed from a file name", async () => {
  const named = async (disposition: string) =>
    (await describe(200, "application/pdf", "%PDF", { "content-disposition": disposition })).content;
  const content = "(binary content: application/pdf, 4 bytes, file name a.pdf)";
  expect(await named('attachment; filename="../../a.pdf"')).toBe(content);
  expect(await named("attachment; filename*=UTF-8''..%2F..%5Ca.pdf")).toBe(content);
});

test("only useful headers precede the body", async () => {
  const headers = {
    link: '<https://a/?page=2>; rel="next"',
    "x-total-count": "9",
    "set-cookie": "s",
    etag: '"1"',
  };
  expect(await describe(200, "application/json", "[]", headers)).toEqual(
    ok('HTTP 200 OK\nLink: <https://a/?page=2>; rel="next"\nETag: "1"\nX-Total-Count: 9\n\n[]'),
  );
  expect(await describe(201, "application/json", "{}", { location: "/x/1" })).toEqual(
    ok("HTTP 201 Created\nLocation: /x/1\n\n{}", 201),
  );
});

test("an empty body is described", async () => {
  expect(await describe(204, undefined, "")).toEqual(ok("HTTP 204 No Content\n\n(no content)", 204));
  expect(await describe(200, undefined, "")).toEqual(ok("HTTP 200 OK\n\n(no content)"));
});

test("a body that looks like a status line is preceded by one", async () => {
  expect(await describe(200, "text/plain", "HTTP 500 x")).toEqual(ok("HTTP 200 OK\n\nHTTP 500 x"));
});

test("a status from 400 is a failed result with the document's description", async () => {
  const failed = (content: string, httpStatus: number) => ({
    status: "failed" as const,
    content,
    httpStatus,
  });
  expect(await describe(404, "application/json", "{}")).toEqual(
    failed("HTTP 404 Not Found: No such thing\n\n{}", 404),
  );
  expect(await describe(503, "text/plain", "x", { "retry-after": "5" })).toEqual(
    failed("HTTP 503 Service Unavailable: Server error\nRetry-After: 5\n\nx", 503),
  );
  expect(await describe(418, "text/plain", "x")).toEqual(
    failed("HTTP 418 I'm a Teapot: Anything else\n\nx", 418),
  );
});

test("a truncated response is marked", async () => {
  const result: HttpResult = {
    outcome: "received",
    status: 200,
    headers: {},
    body: new TextEncoder().encode("abc"),
    truncated: true,
  };
  expect(await describeResponse(result, documented)).toEqual(
    received(ok("HTTP 200 OK\nNote: only the first 3 bytes of the response were read.\n\nabc")),
  );
});

test("a request without a response is a failed result with its reason", async () => {
  expect(await describeResponse({ outcome: "failed", problem: "No route." }, documented)).toEqual({
    status: "failed",
    content: "No route.",
    received: "No route.",
  });
});

test("a status that HTTP does not have is a failure", async () => {
  expect(await describe(0, "text/plain", "odd")).toMatchObject({
    status: "failed",
    content: "HTTP 000\n\nodd",
  });
  for (const status of [1, 99, 199, 600, 999])
    expect((await describe(status, "text/plain", "odd")).status).toBe("failed");
});
