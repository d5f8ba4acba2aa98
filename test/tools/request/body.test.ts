import { expect, test } from "bun:test";
import type { Encoding } from "../../../src/openapi/types.ts";
import { buildRequest } from "../../../src/tools/request/request.ts";
import { buildTool, createRequestBody } from "../fixtures.ts";

const text = { type: "string" };
const open = { type: "object", additionalProperties: true };

/** Returns the Content-Type and the body that are sent for a body value. */
function writeBody(
  mediaType: string,
  value: unknown,
  schema: object = open,
  encoding: Record<string, Encoding> = {},
) {
  const tool = buildTool({ method: "POST", body: createRequestBody(mediaType, { ...schema }, { encoding }) });
  const built = buildRequest(tool, { body: value });
  if (built.outcome === "refused") return built.problems;
  return [built.request.headers["Content-Type"], built.request.body];
}

test("JSON media types are written with exact integers", () => {
  const value = { id: 9007199254740993n, list: [null, "é"] };
  const json = '{"id":9007199254740993,"list":[null,"é"]}';
  for (const type of ["application/json", "application/merge-patch+json", "application/vnd.api+json"])
    expect(writeBody(type, value)).toEqual([type, json]);
  expect(writeBody("*/*", value)).toEqual(["application/json", json]);
  expect(writeBody("application/json", [1], { type: "array" })).toEqual(["application/json", "[1]"]);
  expect(writeBody("application/json", false, { type: "boolean" })).toEqual(["application/json", "false"]);
});

test("a form repeats list items, writes objects as JSON and spaces as plus signs", () => {
  expect(
    writeBody("application/x-www-form-urlencoded", { a: "x y&=+", b: [1, 2], c: { d: 1 }, e: true }),
  ).toEqual(["application/x-www-form-urlencoded", "a=x+y%26%3D%2B&b=1&b=2&c=%7B%22d%22%3A1%7D&e=true"]);
});

test("a form follows the encoding of each field", () => {
  const encoding = {
    a: { style: "form", explode: false },
    b: { style: "deepObject", explode: true },
    c: { style: "pipeDelimited", explode: false },
    d: { contentType: "application/json" },
    e: { allowReserved: true },
  } as const;
  const value = { a: [1, 2], b: { x: { y: 1 } }, c: ["p", "q"], d: [1], e: "a/b&c" };
  expect(writeBody("application/x-www-form-urlencoded", value, open, encoding)).toEqual([
    "application/x-www-form-urlencoded",
    "a=1,2&b%5Bx%5D%5By%5D=1&c=p%7Cq&d=%5B1%5D&e=a/b%26c",
  ]);
});

const form = {
  type: "object",
  properties: {
    name: text,
    tags: { type: "array", items: text },
    meta: { type: "object" },
    photo: { type: "string", format: "binary" },
    notes: { type: "array", items: { type: "string", format: "binary" } },
    logo: text,
  },
};

test("a multipart body has one part for each value, and files have a name and a type", () => {
  const tool = buildTool({
    method: "POST",
    body: createRequestBody("multipart/form-data", form, {
      encoding: { logo: { contentType: "image/png, image/jpeg" } },
    }),
  });
  const built = buildRequest(tool, {
    name: "Ann",
    tags: ["a", "b"],
    meta: { id: 9007199254740993n },
    photo: "data:image/gif;base64,AAH/",
    notes: ["plain"],
    logo: "data:;base64,AQ==",
  });
  expect<unknown>(built).toEqual({
    outcome: "ready",
    request: {
      method: "POST",
      url: "http://api.test/v1/things",
      headers: { Accept: "application/json, text/*;q=0.9, */*;q=0.5", "Content-Type": "multipart/form-data" },
      body: [
        { name: "name", content: "Ann" },
        { name: "tags", content: "a" },
        { name: "tags", content: "b" },
        { name: "meta", contentType: "application/json", content: '{"id":9007199254740993}' },
        { name: "photo", filename: "photo", contentType: "image/gif", content: Buffer.from([0, 1, 255]) },
        { name: "notes", filename: "notes", contentType: "application/octet-stream", content: "plain" },
        { name: "logo", filename: "logo", contentType: "image/png", content: Buffer.from([1]) },
      ],
    },
  });
});

test("a part has the file's type when its encoding allows it, and the encoding's fixed headers", () => {
  const encoding = {
    photo: { contentType: "image/png, image/jpeg" },
    logo: { contentType: "image/png, image/*" },
    meta: { contentType: "application/vnd.x+json", headers: { "X-Kind": "meta" } },
  };
  const tool = buildTool({
    method: "POST",
    body: createRequestBody("multipart/form-data", form, { encoding }),
  });
  const built = buildRequest(tool, {
    photo: "data:image/jpeg;base64,AQ==",
    logo: "data:image/gif;base64,AQ==",
    meta: { a: 1 },
  });
  expect(built.outcome === "ready" && built.request.body).toEqual([
    {
      name: "meta",
      contentType: "application/vnd.x+json",
      headers: { "X-Kind": "meta" },
      content: '{"a":1}',
    },
    { name: "photo", filename: "photo", contentType: "image/jpeg", content: Buffer.from([1]) },
    { name: "logo", filename: "logo", contentType: "image/gif", content: Buffer.from([1]) },
  ]);
});

test("text and XML are sent unchanged, bytes as text or from a data: URL", () => {
  expect(writeBody("text/plain", "a\nb")).toEqual(["text/plain", "a\nb"]);
  expect(writeBody("application/xml", "<a/>")).toEqual(["application/xml", "<a/>"]);
  expect(writeBody("application/octet-stream", "abc")).toEqual(["application/octet-stream", "abc"]);
  expect(writeBody("image/png", "data:image/png;base64,AAH/")).toEqual([
    "image/png",
    Buffer.from([0, 1, 255]),
  ]);
});

test("a required body without fields is an empty object, an optional one is omitted", () => {
  const schema = { type: "object", properties: { a: text } };
  const build = (required: boolean) =>
    buildRequest(
      buildTool({ method: "POST", body: createRequestBody("application/json", schema, { required }) }),
      {},
    );
  expect(build(true)).toMatchObject({ request: { body: "{}" } });
  expect(build(false)).toMatchObject({ request: { body: null } });
});

test("a form that is described as a text keeps its pairs", () => {
  const string = { type: "string" };
  const form = (value: string) => writeBody("application/x-www-form-urlencoded", value, string)?.[1];
  expect(form("list=1 cup tea, 2 é&n=1")).toBe("list=1+cup+tea,+2+%C3%A9&n=1");
  expect(form("a=%20b+c&d=50%")).toBe("a=+b+c&d=50%25");
  expect(form("plain\ntext")).toBe("plain%0Atext");
});
