import { afterAll, expect, test } from "bun:test";
import { createServer } from "node:net";
import type { Secrets } from "../../../src/tools/auth/types.ts";
import type { ExecutorOptions } from "../../../src/tools/http/execute.ts";
import type { HttpResult, ToolRequest } from "../../../src/tools/http/types.ts";
import { buildExecutor } from "../fixtures.ts";

const received: { path: string; method: string; headers: Headers; body: Uint8Array }[] = [];
let busyResponses = 0;

const otherServer = Bun.serve({
  port: 0,
  fetch: (request) =>
    Response.json({
      authorization: request.headers.get("authorization"),
      key: request.headers.get("x-key"),
      cookie: request.headers.get("cookie"),
      plain: request.headers.get("x-plain"),
    }),
});

const server = Bun.serve({
  port: 0,
  routes: {
    "/v1/moved": () => new Response(null, { status: 302, headers: { location: "/v1/here" } }),
    "/v1/kept": () => new Response(null, { status: 307, headers: { location: "/v1/here" } }),
    "/v1/loop": () => new Response(null, { status: 302, headers: { location: "/v1/loop" } }),
    "/v1/away": () =>
      new Response(null, { status: 302, headers: { location: `${otherServer.url.origin}/x?token=s3cret` } }),
    "/v1/script": () => new Response(null, { status: 302, headers: { location: "file:///etc/passwd" } }),
    "/v1/huge": () => new Response("x".repeat(5000)),
    "/v1/endless": () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(1000).fill(120)),
        }),
      ),
    "/v1/gzip": () =>
      new Response(Bun.gzipSync("packed"), {
        headers: { "content-encoding": "gzip", "content-type": "text/plain" },
      }),
    "/v1/bomb": () =>
      new Response(Bun.gzipSync(new Uint8Array(20_000_000)), { headers: { "content-encoding": "gzip" } }),
    "/v1/notgzip": () => new Response("plain", { headers: { "content-encoding": "gzip" } }),
    "/v1/silent": () => new Promise<Response>(() => {}),
    "/v1/busy": () =>
      busyResponses-- > 0
        ? new Response("later", { status: 429, headers: { "retry-after": "1" } })
        : new Response("now"),
    "/v1/down": () => new Response("down", { status: 503, headers: { "retry-after": "3600" } }),
    "/v1/none": () => new Response(null, { status: 204 }),
  },
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    received.push({ path: pathname + search, method: request.method, headers: request.headers, body });
    return new Response("here");
  },
});
afterAll(async () => {
  await server.stop(true);
  await otherServer.stop(true);
});

const base = `${server.url.origin}/v1`;
const NO_SECRETS: Secrets = { headers: [], query: [], cookies: [] };

async function send(
  request: Partial<ToolRequest> & { readonly path?: string },
  options: Partial<ExecutorOptions> = {},
  context: { baseUrl?: string; secrets?: Secrets; signal?: AbortSignal } = {},
) {
  const { path = "/here", ...fields } = request;
  const result = await buildExecutor(options)(
    {
      request: { method: "GET", url: base + path, headers: {}, body: null, ...fields },
      baseUrl: context.baseUrl ?? base,
      secrets: context.secrets ?? NO_SECRETS,
    },
    context.signal ?? new AbortController().signal,
  );
  return summarize(result);
}

/** Returns a result without its headers, or its problem. */
function summarize(result: HttpResult) {
  if (result.outcome === "failed") return result.problem;
  const { status, body, truncated } = result;
  return { status, text: new TextDecoder().decode(body), truncated };
}

const HERE = { status: 200, text: "here", truncated: false };

test("a redirect within the API's origin is followed; POST becomes GET without a body after 302", async () => {
  received.length = 0;
  const headers = { "Content-Type": "application/json", "X-Plain": "1" };
  expect(await send({ path: "/moved" })).toEqual(HERE);
  expect(await send({ path: "/moved", method: "POST", body: "{}", headers })).toEqual(HERE);
  expect(await send({ path: "/moved", method: "DELETE" })).toEqual(HERE);
  expect(await send({ path: "/kept", method: "POST", body: "{}", headers })).toEqual(HERE);
  expect(
    received.map(({ method, body, headers }) => [
      method,
      new TextDecoder().decode(body),
      headers.get("content-type"),
      headers.get("x-plain"),
    ]),
  ).toEqual([
    ["GET", "", null, null],
    ["GET", "", null, "1"],
    ["DELETE", "", null, null],
    ["POST", "{}", "application/json", "1"],
  ]);
});

test("a redirect to another origin is not followed, and its query is not shown", async () => {
  expect(await send({ path: "/away" })).toBe(
    `Redirect not followed: HTTP 302 leads to ${otherServer.url.origin}/x, outside ${base}.`,
  );
});

test("a redirect to an allowed host is followed without secrets", async () => {
  const headers = { Authorization: "Bearer a", "X-Key": "b", Cookie: "c=d", "X-Plain": "e" };
  const secrets = { headers: ["authorization", "x-key"], query: [], cookies: ["c"] };
  expect(
    await send({ path: "/away", headers }, { allowedHosts: [otherServer.url.host] }, { secrets }),
  ).toEqual({
    status: 200,
    text: '{"authorization":null,"key":null,"cookie":null,"plain":"e"}',
    truncated: false,
  });
});

test("redirect loops and redirects to otherServer schemes end", async () => {
  expect(await send({ path: "/loop" })).toBe("The API redirected more than 5 times.");
  expect(await send({ path: "/script" })).toBe("Redirect not followed: its target is not an HTTP URL.");
});

test("a request that is not below the base URL is not sent", async () => {
  received.length = 0;
  const urls = [
    `${otherServer.url.origin}/v1/here`,
    `${server.url.origin}/v2/here`,
    `${base}/../v2`,
    `${base}x/here`,
  ];
  for (const url of urls) expect(await send({ url })).toBe(`Request not sent: its URL is not below ${base}.`);
  expect(received).toEqual([]);
});

test("a response is read up to the size limit", async () => {
  expect(await send({ path: "/huge" }, { maxResponseSize: 5000 })).toEqual({
    status: 200,
    text: "x".repeat(5000),
    truncated: false,
  });
  const truncated = { status: 200, text: "x".repeat(1500), truncated: true };
  expect(await send({ path: "/huge" }, { maxResponseSize: 1500 })).toEqual(truncated);
  expect(await send({ path: "/endless" }, { maxResponseSize: 1500 })).toEqual(truncated);
});

test("a compressed response is decompressed up to the size limit", async () => {
  expect(await send({ path: "/gzip" })).toEqual({ status: 200, text: "packed", truncated: false });
  expect(await send({ path: "/bomb" }, { maxResponseSize: 1000 })).toEqual({
    status: 200,
    text: "\0".repeat(1000),
    truncated: true,
  });
  expect(await send({ path: "/notgzip" })).toBe(
    `The response of ${server.url.host} could not be decompressed.`,
  );
});

test("429 and 503 with Retry-After are retried for idempotent methods only", async () => {
  const delays: number[] = [];
  const sleep = async (ms: number) => {
    delays.push(ms);
  };
  busyResponses = 2;
  expect(await send({ path: "/busy" }, { sleep })).toEqual({ status: 200, text: "now", truncated: false });
  expect(delays).toEqual([1000, 1000]);
  busyResponses = 3;
  expect(await send({ path: "/busy" }, { sleep })).toEqual({ status: 429, text: "later", truncated: false });
  busyResponses = 1;
  expect(await send({ path: "/busy", method: "POST" }, { sleep })).toEqual({
    status: 429,
    text: "later",
    truncated: false,
  });
  expect(await send({ path: "/down" }, { sleep })).toEqual({ status: 503, text: "down", truncated: false });
  expect(delays).toHaveLength(4);
});

test("a call without a response ends with the timeout", async () => {
  expect(await send({ path: "/silent" }, { timeoutMs: 50 })).toBe("The API did not respond within 0.05 s.");
});

test("an abort ends the call", async () => {
  const stop = new AbortController();
  const result = send({ path: "/silent" }, {}, { signal: stop.signal });
  stop.abort();
  expect(await result).toBe("The call was stopped.");
});

test("a response without a body is empty", async () => {
  expect(await send({ path: "/none" })).toEqual({ status: 204, text: "", truncated: false });
});

test("the User-Agent is specchat unless the request sets one", async () => {
  received.length = 0;
  await send({});
  await send({ headers: { "user-agent": "own" } });
  expect(received.map(({ headers }) => headers.get("user-agent"))).toEqual(["specchat", "own"]);
});

test("non-ASCII header values are sent as UTF-8", async () => {
  received.length = 0;
  await send({ headers: { "X-Name": "日é" } });
  const value = received[0]?.headers.get("x-name") ?? "";
  expect(Buffer.from(value, "latin1").toString("utf8")).toBe("日é");
});

test("a multipart body is sent with its boundary and all parts", async () => {
  received.length = 0;
  await send({
    method: "POST",
    headers: { "Content-Type": "multipart/form-data" },
    body: [
      { name: 'na"me', content: "Änne" },
      { name: "meta", contentType: "application/json", headers: { "X-Kind": "a\r\nb" }, content: '{"a":1}' },
      { name: "file", filename: "a.bin", contentType: "image/png", content: new Uint8Array([0, 255]) },
    ],
  });
  const [request] = received;
  const type = request?.headers.get("content-type") ?? "";
  const boundary = type.slice("multipart/form-data; boundary=".length);
  expect(Buffer.from(request?.body ?? []).toString("latin1")).toBe(
    [
      `--${boundary}`,
      'Content-Disposition: form-data; name="na%22me"',
      "",
      Buffer.from("Änne").toString("latin1"),
      `--${boundary}`,
      'Content-Disposition: form-data; name="meta"',
      "Content-Type: application/json",
      "X-Kind: a  b",
      "",
      '{"a":1}',
      `--${boundary}`,
      'Content-Disposition: form-data; name="file"; filename="a.bin"',
      "Content-Type: image/png",
      "",
      "\0\xff",
      `--${boundary}--`,
      "",
    ].join("\r\n"),
  );
});

test("a connection error is described without internals", async () => {
  const broken = createServer((socket) => {
    socket.once("data", () => socket.resetAndDestroy());
  });
  await new Promise<void>((resolve) => broken.listen(0, "127.0.0.1", resolve));
  const address = broken.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const url = `http://127.0.0.1:${port}`;
  expect(await send({ url: `${url}/x` }, {}, { baseUrl: url })).toBe(
    `127.0.0.1:${port} closed the connection.`,
  );
  broken.close();
  expect(await send({ url: `${url}/x` }, {}, { baseUrl: url })).toBe(
    `127.0.0.1:${port} refused the connection or cannot be reached.`,
  );
  const unknown = "http://nowhere.invalid";
  expect(await send({ url: `${unknown}/x` }, {}, { baseUrl: unknown })).toMatch(
    /^nowhere\.invalid (refused the connection or cannot be reached\.)|^The host nowhere\.invalid was not found\.$/,
  );
});

test("DELETE and QUERY requests are sent with their bodies", async () => {
  received.length = 0;
  for (const method of ["DELETE", "QUERY"]) expect(await send({ method, body: "{}" })).toEqual(HERE);
  expect(received.map(({ method, body }) => [method, new TextDecoder().decode(body)])).toEqual([
    ["DELETE", "{}"],
    ["QUERY", "{}"],
  ]);
});
