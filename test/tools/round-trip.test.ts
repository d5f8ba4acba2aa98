/** Tests that any legal value arrives unchanged at a real server. */
import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { parseJson } from "../../src/json.ts";
import type { Operation } from "../../src/openapi/types.ts";
import type { Toolbox } from "../../src/tools/types.ts";
import {
  buildToolbox,
  createCall,
  createContext,
  createOperation,
  createParameter,
  createRequestBody,
} from "./fixtures.ts";

interface ReceivedRequest {
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  readonly form: readonly (readonly [string, string])[];
}

const received: ReceivedRequest[] = [];
const server = Bun.serve({
  port: 0,
  async fetch(request) {
    const isForm = request.headers.get("content-type")?.startsWith("multipart/") ?? false;
    const copy = request.clone();
    const form: [string, string][] = [];
    if (isForm) {
      for (const [name, value] of await request.formData())
        form.push([
          name,
          typeof value === "string" ? value : Buffer.from(await value.arrayBuffer()).toString("hex"),
        ]);
    }
    received.push({ url: new URL(request.url), headers: request.headers, body: await copy.text(), form });
    return new Response("ok");
  },
});
afterAll(() => server.stop(true));

const createTools = (fields: Partial<Operation>): Toolbox =>
  buildToolbox([createOperation({ operationId: "send", ...fields })], {
    api: { baseUrl: `${server.url.origin}/base` },
  });

async function sendAndReceive(tools: Toolbox, args: Record<string, unknown>): Promise<ReceivedRequest> {
  received.length = 0;
  const { result } = await tools.run(createCall("send", args), createContext());
  const request = received.pop();
  if (!request) throw new Error(result.content);
  return request;
}

// Well-formed text: fast-check's unit "binary" includes lone surrogates, which URLs and JSON cannot contain.
const anyText = fc.string({ unit: "binary", maxLength: 30 }).map((value) => value.toWellFormed());
const nonEmpty = anyText.filter((value) => value !== "");
const runs = { numRuns: 200 };

test("text in a path arrives as one segment", async () => {
  const tools = createTools({
    path: "/at/{x}/end",
    parameters: [createParameter({ name: "x", in: "path" })],
  });
  const legal = nonEmpty.filter((value) => value !== "." && value !== "..");
  await fc.assert(
    fc.asyncProperty(legal, async (x) => {
      const segments = (await sendAndReceive(tools, { x })).url.pathname.split("/");
      expect(segments.map((segment) => decodeURIComponent(segment))).toEqual(["", "base", "at", x, "end"]);
    }),
    runs,
  );
});

for (const allowReserved of [false, true]) {
  test(`text and lists in a query arrive, allowReserved=${allowReserved}`, async () => {
    const tools = createTools({
      parameters: [
        createParameter({ name: "a&b", in: "query", required: true, allowReserved }),
        createParameter({
          name: "list",
          in: "query",
          allowReserved,
          schema: { type: "array", items: { type: "string" } },
        }),
      ],
    });
    await fc.assert(
      fc.asyncProperty(anyText, fc.array(anyText), async (value, list) => {
        const { searchParams } = (await sendAndReceive(tools, { a_b: value, list })).url;
        expect({ value: searchParams.getAll("a&b"), list: searchParams.getAll("list") }).toEqual({
          value: [value],
          list,
        });
      }),
      runs,
    );
  });
}

test("nested objects in a deepObject query arrive", async () => {
  const tools = createTools({
    parameters: [
      createParameter({
        name: "f",
        in: "query",
        style: "deepObject",
        explode: true,
        schema: { type: "object" },
      }),
    ],
  });
  const key = anyText.filter((name) => !/[[\]]/.test(name));
  // Servers accept addresses of some thousand bytes. A character takes up to 12 of them.
  const size = { minKeys: 1, maxKeys: 4 };
  const value = fc.dictionary(key, fc.oneof(anyText, fc.dictionary(key, anyText, size)), size);
  await fc.assert(
    fc.asyncProperty(value, async (f) => {
      const { searchParams } = (await sendAndReceive(tools, { f })).url;
      const flat = Object.entries(f).flatMap(([outer, inner]): [string, string][] =>
        typeof inner === "string"
          ? [[`f[${outer}]`, inner]]
          : Object.entries(inner).map(([name, deep]): [string, string] => [`f[${outer}][${name}]`, deep]),
      );
      expect([...searchParams]).toEqual(flat);
    }),
    runs,
  );
});

test("text in headers and cookies arrives", async () => {
  const tools = createTools({
    parameters: [
      createParameter({ name: "X-Value", in: "header", required: true }),
      createParameter({ name: "the cookie", in: "cookie", required: true }),
    ],
  });
  // HTTP trims spaces around a header's value and does not allow control characters in it.
  const header = nonEmpty.filter((value) => value.trim() === value && !/\p{Cc}/u.test(value));
  await fc.assert(
    fc.asyncProperty(header, anyText, async (value, cookie) => {
      const { headers } = await sendAndReceive(tools, { "X-Value": value, the_cookie: cookie });
      const headerText = Buffer.from(headers.get("x-value") ?? "", "latin1").toString("utf8");
      const [name = "", content = ""] = (headers.get("cookie") ?? "").split("=");
      expect([headerText, decodeURIComponent(name), decodeURIComponent(content)]).toEqual([
        value,
        "the cookie",
        cookie,
      ]);
    }),
    runs,
  );
});

const json = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    anyText,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(anyText, tie("any"), { maxKeys: 3 }),
  ),
})).any;

test("any JSON arrives in a body, with exact integers", async () => {
  const tools = createTools({
    method: "POST",
    body: createRequestBody("application/json", { type: "object", additionalProperties: true }),
  });
  await fc.assert(
    fc.asyncProperty(fc.dictionary(anyText, json), async (value) => {
      expect(parseJson((await sendAndReceive(tools, { body: value })).body)).toEqual(value);
    }),
    runs,
  );
});

test("form fields arrive, urlencoded and multipart", async () => {
  const schema = {
    type: "object",
    required: ["a b"],
    properties: {
      "a b": { type: "string" },
      list: { type: "array", items: { type: "string" } },
      file: { type: "string", format: "binary" },
    },
  };
  const urlencoded = createTools({
    method: "POST",
    body: createRequestBody("application/x-www-form-urlencoded", schema),
  });
  const multipart = createTools({ method: "POST", body: createRequestBody("multipart/form-data", schema) });
  await fc.assert(
    fc.asyncProperty(anyText, fc.array(anyText), fc.uint8Array(), async (value, list, bytes) => {
      const pairs: [string, string][] = [
        ["a b", value],
        ...list.map((item): [string, string] => ["list", item]),
      ];
      const sent = await sendAndReceive(urlencoded, { a_b: value, list });
      expect([...new URLSearchParams(sent.body)]).toEqual(pairs);
      const file = `data:;base64,${Buffer.from(bytes).toString("base64")}`;
      const { form } = await sendAndReceive(multipart, { a_b: value, list, file });
      // The parser of the recording API drops a byte order mark at the start of a text.
      const parsed = pairs.map(([name, text]): [string, string] => [name, text.replace(/^\ufeff/, "")]);
      expect(form).toEqual([...parsed, ["file", Buffer.from(bytes).toString("hex")]]);
    }),
    runs,
  );
});
