/** Compares the output of `specchat call --dry-run --show-secrets` with the request that a server receives. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { stringifyJson } from "../../src/json.ts";
import { SPECCHAT } from "../support/specchat-command.ts";

interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

let folder: string;
let server: ReturnType<typeof Bun.serve>;
const received: ReceivedRequest[] = [];

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-dry-run-`);
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { method, url, headers } = request;
      received.push({
        method,
        url,
        headers: Object.fromEntries(headers),
        body: new Uint8Array(await request.arrayBuffer()),
      });
      return new Response(null, { status: 204 });
    },
  });
  await Bun.write(`${folder}/echo.json`, JSON.stringify(DOCUMENT));
});

afterAll(async () => {
  await server.stop(true);
  await rm(folder, { recursive: true });
});

const text = { type: "string" };
const parameter = (name: string, place: string, schema: object = text, options: object = {}) => ({
  name,
  in: place,
  required: place === "path",
  schema,
  ...options,
});
const post = (operationId: string, mediaType: string, properties: object, options: object = {}) => ({
  post: {
    operationId,
    requestBody: {
      required: true,
      content: { [mediaType]: { schema: { type: "object", properties }, ...options } },
    },
    responses: { 204: { description: "Taken" } },
  },
});

const DOCUMENT = {
  openapi: "3.0.3",
  info: { title: "Echo", version: "1" },
  security: [{ inQuery: [] }],
  paths: {
    "/things/{id}": {
      get: {
        operationId: "find",
        parameters: [
          parameter("id", "path"),
          parameter("tag", "query", { type: "array", items: text }),
          parameter("filter", "query", { type: "object" }, { style: "deepObject" }),
          parameter("X-Trace", "header"),
          parameter("session", "cookie"),
        ],
        responses: {},
      },
      delete: {
        operationId: "remove",
        security: [{ inCookie: [], inHeader: [] }],
        parameters: [parameter("id", "path"), parameter("theme", "cookie")],
        responses: {},
      },
    },
    "/json": post("sendJson", "application/json", { name: text, size: { type: "integer" } }),
    "/versioned": post("sendVersioned", "application/vnd.echo+json; Version=2", { name: text }),
    "/form": post(
      "sendForm",
      "application/x-www-form-urlencoded",
      { a: text, list: { type: "array", items: text } },
      { encoding: { list: { style: "pipeDelimited", explode: false } } },
    ),
    "/parts": post("sendParts", "multipart/form-data", {
      note: text,
      meta: { type: "object", properties: { a: text } },
      file: { type: "string", format: "binary" },
    }),
    "/bytes": {
      post: {
        operationId: "sendBytes",
        security: [{ basic: [] }],
        requestBody: { required: true, content: { "application/octet-stream": { schema: {} } } },
        responses: {},
      },
    },
  },
  components: {
    securitySchemes: {
      inQuery: { type: "apiKey", in: "query", name: "api key" },
      inHeader: { type: "http", scheme: "bearer" },
      inCookie: { type: "apiKey", in: "cookie", name: "sid" },
      basic: { type: "http", scheme: "basic" },
    },
  },
};

async function specchat(...argv: string[]): Promise<string> {
  const secrets = ["inQuery: q+/=&", "inHeader: token", "inCookie: c00kie", "basic: ann:p:w"];
  const settings = [
    ...["--spec", `${folder}/echo.json`, "--base-url", `http://127.0.0.1:${server.port}/base`],
    ...["--api-header", "X-Tenant: acme", ...secrets.flatMap((secret) => ["--api-credential", secret])],
  ];
  const child = Bun.spawn([...SPECCHAT, "call", ...argv, ...settings], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect(err).toBe("");
  return out;
}

/** Headers that the HTTP client adds. */
const TRANSPORT_HEADERS = ["accept-encoding", "connection", "content-length", "host", "user-agent"];

const calls: readonly (readonly [string, object])[] = [
  ["find", { id: "a/b c", tag: ["x y", "&"], filter: { "a[b]": "é" }, "X-Trace": "t1", session: "s;1" }],
  ["remove", { id: "7", theme: "dark" }],
  ["sendJson", { name: "é \u{1f600}\n", size: 9007199254740993n }],
  ["sendVersioned", { name: "a" }],
  ["sendForm", { a: "1 & 2=ü", list: ["x", "y z"] }],
  ["sendParts", { note: "zwei\r\nZeilen", meta: { a: "ö" }, file: "data:image/png;base64,iVBORw0KGgo=" }],
  ["sendBytes", { body: "data:application/octet-stream;base64,AAH/" }],
];

test.each(calls)("the printed request of %s is the request that is sent", async (tool, values) => {
  const args = ["--args", stringifyJson(values)];
  const before = received.length;
  const printed = JSON.parse(await specchat(tool, ...args, "--dry-run", "--show-secrets"));
  expect(received).toHaveLength(before);
  await specchat(tool, ...args);
  const [sent, ...more] = received.slice(before);
  if (sent === undefined || more.length > 0) throw new Error(`${received.length - before} requests`);
  const { "content-type": type, ...headers } = lowerCase(sent.headers);
  const { "content-type": printedType, ...printedHeaders } = lowerCase(printed.headers);
  for (const name of TRANSPORT_HEADERS) delete headers[name];
  expect({ method: sent.method, url: sent.url, headers }).toEqual({
    method: printed.method,
    url: printed.url,
    headers: printedHeaders,
  });
  if (Array.isArray(printed.body)) {
    expect([type?.split(";")[0], partsOf(sent, type)]).toEqual([printedType, printed.body]);
  } else {
    expect([type, bodyOf(sent, tool)]).toEqual([printedType, printed.body]);
  }
});

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

test("the content type of a body keeps its declared parameters", async () => {
  const printed = await specchat("sendVersioned", "--args", '{"name":"a"}', "--dry-run");
  expect(JSON.parse(printed).headers["Content-Type"]).toBe("application/vnd.echo+json; Version=2");
});

/** Returns the body as text, or as base64 for bytes. */
function bodyOf({ body }: ReceivedRequest, tool: string): string | null {
  if (body.length === 0) return null;
  return tool === "sendBytes" ? body.toBase64() : new TextDecoder().decode(body);
}

/** Parses the parts of a form into their printed form. `Response.formData()` is not used since it loses content types. */
function partsOf({ body }: ReceivedRequest, type = ""): readonly object[] {
  const boundary = /boundary=(\S+)/.exec(type)?.[1];
  const pieces = Buffer.from(body).toString("latin1").split(`--${boundary}`);
  expect([pieces[0], pieces.at(-1)]).toEqual(["", "--\r\n"]);
  return pieces.slice(1, -1).map((piece) => {
    const [head = "", ...rest] = piece.slice(2, -2).split("\r\n\r\n");
    const content = Buffer.from(rest.join("\r\n\r\n"), "latin1");
    const filename = /filename="([^"]*)"/.exec(head)?.[1];
    const contentType = /^Content-Type: (.*)$/m.exec(head)?.[1];
    return {
      name: /; name="([^"]*)"/.exec(head)?.[1],
      ...(filename !== undefined && { filename }),
      ...(contentType !== undefined && { contentType }),
      content: filename === undefined ? content.toString() : content.toString("base64"),
    };
  });
}
