/** MCP over HTTP: a real server, the official client, an API that records its requests. */

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Client } from "@modelcontextprotocol/client";
import { createLog } from "../../../src/telemetry/log.ts";
import { issueCookie } from "../../support/browser-cookie.ts";
import { type RecordingApi, type Specchat, startApi, startSpecchat } from "../../support/harness.ts";
import { type ClientSettings, connect, createHttpTransport, REVISIONS } from "./client.ts";

let folder: string;
let api: RecordingApi;
let answer: ((request: Request) => Response | Promise<Response>) | undefined;
let specchat: Specchat;
let log: string[];
let clients: Client[];
/** Headers of the requests that the API received. */
let received: Headers[];

beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-mcp-`);
  [answer, log, clients, received] = [undefined, [], [], []];
  api = await startApi((request) => {
    received.push(request.headers);
    return answer?.(request) ?? things(request);
  });
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await specchat.stop();
  await Promise.all([api.stop(), rm(folder, { recursive: true })]);
});

function things(request: Request): Response {
  const { pathname } = new URL(request.url);
  if (pathname === "/things/404") return Response.json({ message: "no such thing" }, { status: 404 });
  if (request.method === "POST") return Response.json({ id: 7 }, { status: 201 });
  if (pathname === "/things") return Response.json([{ id: 1 }, { id: 2 }]);
  return Response.json({ id: pathname.split("/")[2] });
}

async function start(...argv: string[]): Promise<void> {
  specchat = await startSpecchat({
    argv: [
      ...(argv.includes("--spec") ? [] : ["--spec", api.spec]),
      ...["--base-url", api.url, "--model", "test-model", ...argv],
    ],
    ports: { log: createLog({ level: "debug", now: () => new Date(), write: (line) => log.push(line) }) },
  });
}

async function open(settings: ClientSettings = {}): Promise<Client> {
  const client = await connect(createHttpTransport(specchat.url, settings), settings);
  clients.push(client);
  return client;
}

const text = (said: string) => ({ type: "text" as const, text: said });
const CREATE = { name: "createThing", arguments: { name: "box" } };

describe.each(REVISIONS)("Revision %s", (revision) => {
  test("lists the tools with hints from methods and x-specchat.", async () => {
    const overlay = {
      overlay: "1.0.0",
      info: { title: "O", version: "1" },
      actions: [{ target: "$.paths['/things'].post", update: { "x-specchat": { confirm: "always" } } }],
    };
    await Bun.write(`${folder}/overlay.json`, JSON.stringify(overlay));
    await Bun.write(
      `${folder}/tools/price.tool.ts`,
      'export default { name: "price", description: "Tells a price.", parameters: { type: "object" }, readOnly: true, run: () => ({ price: 4 }) };',
    );
    await start("--overlay", `${folder}/overlay.json`, "--tools-dir", `${folder}/tools`);
    const client = await open({ revision });
    expect(client.getServerVersion()).toEqual({
      name: "specchat",
      title: "Things",
      version: specchat.app.version,
    });
    const { tools } = await client.listTools();
    expect(tools.map(({ name, title, annotations }) => [name, title, annotations])).toEqual([
      ["listThings", "List the things", { readOnlyHint: true, destructiveHint: false, idempotentHint: true }],
      [
        "createThing",
        "Create a thing",
        { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
      ],
      ["getThing", "Get a thing", { readOnlyHint: true, destructiveHint: false, idempotentHint: true }],
      ["price", undefined, { readOnlyHint: true, destructiveHint: false, idempotentHint: true }],
      ...["read_result", "search_result", "query_result", "fetch_all"].map((name) => [
        name,
        undefined,
        { readOnlyHint: true, openWorldHint: false },
      ]),
    ]);
    expect(tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))).toEqual([
      ...specchat.app.apis.current.listDefinitions(),
    ] as never);
    expect(await client.callTool({ name: "price" })).toMatchObject({ structuredContent: { price: 4 } });
  });

  test("offers the search with --mcp-tools search, and runs the operations that its calls name.", async () => {
    await start("--tool-budget", "10", "--mcp-tools", "search", "--approve", "none");
    const client = await open({ revision });
    const { tools } = await client.listTools();
    expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
      ...[
        ["find_operations", true],
        ["describe_operation", true],
        ["call_operation", false],
      ],
      ...["read_result", "search_result", "query_result", "fetch_all"].map((name) => [name, true]),
    ] as never);
    expect(
      await client.callTool({ name: "find_operations", arguments: { queries: ["create thing"] } }),
    ).toMatchObject({
      content: [
        text(
          "createThing(name, size?:int) Create a thing\nlistThings(limit?:int, X-Tenant?) List the things\ngetThing(id) Get a thing\nValues: id ← listThings",
        ),
      ],
    });
    const call = { name: "createThing", arguments: { name: "box" } };
    expect(await client.callTool({ name: "call_operation", arguments: call })).toMatchObject({
      structuredContent: { id: 7 },
    });
    expect(api.requests.at(-1)).toBe('POST /things {"name":"box"}');
    const refused = await client.callTool({
      name: "call_operation",
      arguments: { name: "createThing", arguments: {} },
    });
    expect(refused).toMatchObject({ isError: true });
    expect(JSON.stringify(refused)).toContain("Request not sent: invalid arguments for createThing.");
    // Tools that are not listed can be called all the same.
    expect(await client.callTool({ name: "getThing", arguments: { id: "1" } })).toMatchObject({
      structuredContent: { id: "1" },
    });
  });

  test("lists all tools above the budget, unless the search is asked for.", async () => {
    await start("--tool-budget", "10");
    const client = await open({ revision });
    const { tools } = await client.listTools();
    expect(tools.slice(0, 3).map(({ name }) => name)).toEqual(["listThings", "createThing", "getThing"]);
  });

  test("lists the tools of a large document in pages.", async () => {
    const paths = Object.fromEntries(
      Array.from({ length: 230 }, (_, index) => [
        `/p${index}`,
        { get: { operationId: `get${index}`, responses: {} } },
      ]),
    );
    await Bun.write(
      `${folder}/large.json`,
      JSON.stringify({ openapi: "3.1.0", info: { title: "L", version: "1" }, paths }),
    );
    await start("--spec", `${folder}/large.json`);
    const client = await open({ revision });
    const pages: string[][] = [];
    let cursor = "";
    do {
      const page = await client.listTools({ ...(cursor && { cursor }) });
      if (pages.length > 0 || page.nextCursor !== undefined) pages.push(page.tools.map(({ name }) => name));
      cursor = page.nextCursor ?? "";
      if (pages.length === 0) break;
    } while (cursor);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(
      specchat.app.apis.current.listDefinitions().map(({ name }) => name),
    );
    expect(pages.flat()).toEqual(pages.length === 0 ? [] : tools.map(({ name }) => name));
    await expect(client.listTools({ cursor: "gone" })).rejects.toThrow("The cursor leads nowhere any more.");
  });

  test("returns text, and structured content when the response is JSON.", async () => {
    await start();
    const client = await open({ revision });
    const result = (name: string, args: object) => client.callTool({ name, arguments: { ...args } });
    expect(await result("getThing", { id: "5" })).toMatchObject({
      content: [text('{"id":"5"}')],
      structuredContent: { id: "5" },
    });
    expect(await result("listThings", { limit: 3 })).toMatchObject({
      content: [text('[{"id":1},{"id":2}]')],
      structuredContent: { result: [{ id: 1 }, { id: 2 }] },
    });
    expect(await result("listThings", { _filter: "[*].id" })).toMatchObject({
      structuredContent: { result: [1, 2] },
    });
    answer = () => new Response("plain words");
    const plain = await result("getThing", { id: "5" });
    expect([plain.content, plain.structuredContent]).toEqual([[text("plain words")], undefined]);
    expect(api.requests).toEqual(["GET /things/5", "GET /things?limit=3", "GET /things", "GET /things/5"]);
  });

  test("returns integers beyond 2^53 as texts in the structured content.", async () => {
    await start("--approve", "none");
    const client = await open({ revision });
    answer = () =>
      new Response('{"id":9007199254740993}', { headers: { "Content-Type": "application/json" } });
    expect(await client.callTool({ name: "getThing", arguments: { id: "5" } })).toMatchObject({
      content: [text('{"id":9007199254740993}')],
      structuredContent: { id: "9007199254740993" },
    });
    const sent = await fetch(`${specchat.url}/mcp`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json, text/event-stream",
        "Mcp-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call",
        "Mcp-Name": "createThing",
      },
      body: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"createThing","arguments":{"name":"n","size":9007199254740993},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}`,
    });
    expect(sent.status).toBe(200);
    await sent.text();
    expect(api.requests.at(-1)).toBe('POST /things {"name":"n","size":9007199254740993}');
  });

  test("returns failures as results that a model can act on.", async () => {
    await start();
    const client = await open({ revision });
    const problem = async (name: string, args: object = {}) => {
      const { isError, content } = await client.callTool({ name, arguments: { ...args } });
      return [isError, content];
    };
    expect(await problem("getThing", { id: "404" })).toEqual([
      true,
      [text('HTTP 404 Not Found: There is no such thing\n\n{"message":"no such thing"}')],
    ]);
    expect(await problem("getThing")).toEqual([
      true,
      [text("Request not sent: invalid arguments for getThing.\n- id: is required")],
    ]);
    expect(await problem("getThings").catch(({ code, message }) => [code, message])).toEqual([
      -32602,
      expect.stringContaining("Unknown tool: getThings"),
    ]);
    expect(api.requests).toEqual(["GET /things/404"]);
  });

  test("reports progress while a list is fetched in pages.", async () => {
    await start("--spec", `${import.meta.dir}/../../fixtures/pages.yaml`);
    answer = (request) => {
      const page = Number(new URL(request.url).searchParams.get("page") ?? 1);
      return Response.json({ items: [{ id: page }], page, total_pages: 3 });
    };
    const client = await open({ revision });
    const reports: unknown[] = [];
    const result = await client.callTool(
      { name: "fetch_all", arguments: { tool: "listRows", arguments: {} } },
      { onprogress: (progress) => void reports.push(progress) },
    );
    expect(result.content).toEqual([
      text('HTTP 200 OK\nAll of the list: 3 records from 3 pages.\n\n[{"id":1},{"id":2},{"id":3}]'),
    ]);
    expect(reports).toEqual(
      [1, 2, 3].map((page) => ({
        progress: page,
        message: `listRows: ${page} records, ${page} pages so far.`,
      })),
    );
  });

  test("cancels the API request when the client cancels the call.", async () => {
    await start();
    const [arrived, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    answer = (request) => {
      request.signal.addEventListener("abort", () => left.resolve());
      arrived.resolve();
      return new Promise(() => {});
    };
    const client = await open({ revision });
    const stop = new AbortController();
    const call = client.callTool({ name: "getThing", arguments: { id: "5" } }, { signal: stop.signal });
    await arrived.promise;
    stop.abort("enough");
    await expect(call).rejects.toThrow("enough");
    await left.promise;
  });

  test("asks the user before a write, shows the request, and counts an approval once.", async () => {
    await start();
    const questions: string[] = [];
    const client = await open({
      revision,
      onElicit: (message) => {
        questions.push(message);
        return "accept";
      },
    });
    expect(await client.callTool(CREATE)).toMatchObject({ structuredContent: { id: 7 } });
    await client.callTool(CREATE);
    expect(questions).toEqual(Array(2).fill(`Allow this call?\nPOST ${api.url}/things\n{"name":"box"}`));
    expect(api.requests).toEqual(Array(2).fill('POST /things {"name":"box"}'));
    expect(await client.callTool({ name: "listThings" })).toMatchObject({ content: [{ type: "text" }] });
    expect(questions.length).toBe(2);
  });

  test.each(["decline", "cancel"] as const)("sends nothing after a %s.", async (action) => {
    await start();
    const client = await open({ revision, onElicit: () => action });
    const { isError, content } = await client.callTool(CREATE);
    expect([isError, content]).toEqual([
      true,
      [text("Not called: the person refused it. Do not try it again unless they ask for it.")],
    ]);
    expect(api.requests).toEqual([]);
  });

  test("refuses calls that need approval to clients without elicitation, and says why.", async () => {
    await start();
    const client = await open({ revision });
    const { isError, content } = await client.callTool(CREATE);
    expect([isError, content]).toEqual([
      true,
      [
        text(
          "Not called: it needs a person's approval, and this client cannot ask for it. Tell the person what you would have done.",
        ),
      ],
    ]);
    expect(api.requests).toEqual([]);
  });

  test("asks for no approval with --approve none.", async () => {
    await start("--approve", "none");
    const client = await open({ revision });
    expect(await client.callTool(CREATE)).toMatchObject({ structuredContent: { id: 7 } });
  });

  test("forwards the credentials of each request to the API, and logs none.", async () => {
    await start("--forward-headers", "Authorization", "--forward-cookies", "sid", "--log-api-calls");
    for (const name of ["ann", "bob"]) {
      const headers = { Authorization: `Bearer s3cret-${name}`, Cookie: `sid=c00kie-${name}; other=1` };
      const client = await open({ revision, headers });
      await client.callTool({ name: "listThings" });
    }
    const anonymous = await open({ revision });
    await anonymous.callTool({ name: "listThings" });
    expect(received.map((headers) => [headers.get("Authorization"), headers.get("Cookie")])).toEqual([
      ["Bearer s3cret-ann", "sid=c00kie-ann"],
      ["Bearer s3cret-bob", "sid=c00kie-bob"],
      [null, null],
    ]);
    expect(log.filter((line) => line.includes("api call")).length).toBe(3);
    expect(log.filter((line) => /s3cret|c00kie/.test(line))).toEqual([]);
    expect(await (await fetch(`${specchat.url}/metrics`)).text()).toContain(
      'bedrock_tool_calls_total{endpoint="GET /things",status="ok"} 3\n',
    );
  });

  test("stores a long result, readable by link or in parts by its client only.", async () => {
    await start("--max-message-size", "3000");
    const rows = Array.from({ length: 500 }, (_, id) => ({ id, name: `thing ${id}` }));
    answer = () => Response.json(rows);
    const client = await open({ revision });
    const result = await client.callTool({ name: "listThings" });
    expect(result.structuredContent).toBeUndefined();
    const [shape, link] = result.content;
    const id = /Kept as ([\w-]{36})\./.exec(shape?.type === "text" ? shape.text : "")?.[1] ?? "";
    expect(link).toEqual({
      type: "resource_link",
      uri: `specchat://results/${id}`,
      name: "whole result",
      description: `${JSON.stringify(rows).length} characters`,
    });
    const other = await open({ revision });
    const { contents } = await other.readResource({ uri: `specchat://results/${id}` });
    expect(contents).toEqual([
      { uri: `specchat://results/${id}`, mimeType: "application/json", text: JSON.stringify(rows) },
    ]);
    const queried = await client.callTool({ name: "query_result", arguments: { id, filter: "[-1].name" } });
    expect(queried.content).toEqual([text('"thing 499"')]);
    expect((await other.listResources()).resources).toEqual([]);
    expect(
      (await other.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate),
    ).toEqual(["specchat://results/{id}{?from}", "specchat://files/{id}"]);
    for (const uri of [
      "specchat://results/r1",
      "specchat://files/1",
      "specchat://other/1",
      "file:///etc/passwd",
    ])
      await expect(other.readResource({ uri })).rejects.toThrow(/not found/i);
  });

  test("returns a very long text in parts.", async () => {
    await start();
    const longText = `${"a".repeat(999_999)}😀${"b".repeat(500_000)}`;
    answer = () => new Response(longText);
    const client = await open({ revision });
    const result = await client.callTool({ name: "listThings" });
    const link = result.content.find(({ type }) => type === "resource_link");
    let uri = link?.type === "resource_link" ? link.uri : "";
    const parts: string[] = [];
    while (uri !== "") {
      const [part] = (await client.readResource({ uri })).contents;
      parts.push(part && "text" in part ? part.text : "");
      uri = String(part?._meta?.["specchat/next"] ?? "");
    }
    expect([parts.map(({ length }) => length), parts.join("") === longText]).toEqual([
      [999_999, 500_002],
      true,
    ]);
  });

  test("embeds an image, and links any other file.", async () => {
    await start();
    const client = await open({ revision });
    const bytes = new Uint8Array([137, 80, 78, 71, 255]);
    answer = () => new Response(bytes, { headers: { "Content-Type": "image/png" } });
    const picture = await client.callTool({ name: "getThing", arguments: { id: "5" } });
    const uri = expect.stringMatching(/^specchat:\/\/files\/[\w-]{36}$/);
    expect(picture.content).toEqual([
      text("(binary content: image/png, 5 bytes, file name answer.png)"),
      { type: "image", data: bytes.toBase64(), mimeType: "image/png" },
      { type: "resource_link", uri, name: "answer.png", mimeType: "image/png", size: 5 },
    ]);
    answer = () => new Response(bytes, { headers: { "Content-Type": "application/pdf" } });
    const file = await client.callTool({ name: "getThing", arguments: { id: "5" } });
    const [said, link, ...rest] = file.content;
    expect([said, link, rest]).toEqual([
      text("(binary content: application/pdf, 5 bytes, file name answer.pdf)"),
      { type: "resource_link", uri, name: "answer.pdf", mimeType: "application/pdf", size: 5 },
      [],
    ]);
    const address = link?.type === "resource_link" ? link.uri : "";
    expect((await client.readResource({ uri: address })).contents).toEqual([
      { uri: address, mimeType: "application/pdf", blob: bytes.toBase64() },
    ]);
  });

  test("notifies clients when the document changes.", async () => {
    const spec = `${folder}/api.yaml`;
    const document = await Bun.file(api.spec).text();
    await Bun.write(spec, document);
    await start("--spec", spec);
    const changed = Promise.withResolvers<readonly string[]>();
    await open({ revision, onTools: changed.resolve });
    // In earlier revisions the client opens its notification stream after it has connected.
    const isListening = () => log.some((line) => line.includes("method=GET path=/mcp status=200"));
    while (revision === "2025-11-25" && !isListening()) await Bun.sleep(1);
    await Bun.write(spec, document.replace("getThing", "readThing"));
    await specchat.app.apis.reload();
    expect((await changed.promise).slice(0, 3)).toEqual(["listThings", "createThing", "readThing"]);
  });
});

test("In the current revision, an approval holds for the call that was shown, once.", async () => {
  await start();
  const call = async (args: object, more: object = {}) => {
    const response = await fetch(`${specchat.url}/mcp`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json, text/event-stream",
        "Mcp-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call",
        "Mcp-Name": "createThing",
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: {
          name: "createThing",
          arguments: args,
          ...more,
          _meta: {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
            "io.modelcontextprotocol/clientCapabilities": { elicitation: {} },
          },
        },
      }),
    });
    const { result } = (await response.json()) as {
      result: { resultType: string; requestState?: string };
    };
    return result;
  };
  const yes = { inputResponses: { approval: { action: "accept", content: {} } } };
  const first = await call({ name: "box" });
  expect(first.resultType).toBe("input_required");
  const state = first.requestState;
  for (const [args, more] of [
    [{ name: "bomb" }, { ...yes, requestState: state }],
    [{ name: "box" }, { ...yes, requestState: state }],
    [{ name: "box" }, { ...yes, requestState: crypto.randomUUID() }],
    [{ name: "box" }, yes],
  ] as const)
    expect((await call(args, more)).resultType).toBe("input_required");
  expect(api.requests).toEqual([]);
  const { requestState } = await call({ name: "box" });
  expect((await call({ name: "box" }, { ...yes, requestState })).resultType).toBe("complete");
  expect((await call({ name: "box" }, { ...yes, requestState })).resultType).toBe("input_required");
  expect(api.requests).toEqual(['POST /things {"name":"box"}']);
});

/** Sends a request of a revision with sessions. */
const post = (body: object, headers: Record<string, string> = {}, method = "POST") =>
  fetch(`${specchat.url}/mcp`, {
    method,
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      ...headers,
    },
    ...(method === "POST" && { body: JSON.stringify({ jsonrpc: "2.0", id: 1, ...body }) }),
  });
const params = {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "t", version: "1" },
};
/** Returns the id of a new session. */
const initialize = async (headers = {}) => {
  const response = await post({ method: "initialize", params }, headers);
  await response.text();
  return response.headers.get("mcp-session-id") ?? "";
};
const ping = async (session: string, headers = {}) => {
  const response = await post({ method: "ping" }, { "Mcp-Session-Id": session, ...headers });
  await response.text();
  return response.status;
};

test("Sessions of earlier revisions are limited, expire, can be deleted, and belong to one caller.", async () => {
  let now = Date.now();
  specchat = await startSpecchat({
    argv: [
      ...["--spec", api.spec, "--base-url", api.url, "--model", "test-model"],
      ...["--max-sessions", "2", "--session-timeout", "60"],
    ],
    ports: { now: () => new Date(now) },
  });
  expect((await post({ method: "ping" })).status).toBe(400);
  expect(await ping("made up")).toBe(404);
  const [a, b] = [await initialize(), await initialize()];
  expect([await ping(a), await ping(b), await ping(a)]).toEqual([200, 200, 200]);
  const c = await initialize();
  // `b` is the least recently used.
  expect([await ping(a), await ping(b), await ping(c)]).toEqual([200, 404, 200]);
  const Cookie = await issueCookie(specchat.url);
  expect(await ping(a, { Cookie })).toBe(404);
  now += 61_000;
  expect([await ping(a), await ping(c)]).toEqual([404, 404]);
  const own = await initialize({ Cookie });
  expect([await ping(own), await ping(own, { Cookie })]).toEqual([404, 200]);
  const ended = await post({}, { "Mcp-Session-Id": own, Cookie }, "DELETE");
  expect([ended.status, await ping(own, { Cookie })]).toEqual([200, 404]);
});

test("A user who opens many sessions loses own ones, and nobody else does.", async () => {
  const [ada, mallory] = ["ada", "mallory"].map((name) => ({ "X-API-Key": `the-key-of-${name}-0123456789` }));
  await start(
    ...["--max-sessions", "3", "--api-keys"],
    ...["ada:the-key-of-ada-0123456789,mallory:the-key-of-mallory-0123456789"],
  );
  const hers = await initialize(ada);
  const others: string[] = [];
  for (let count = 0; count < 4; count++) others.push(await initialize(mallory));
  expect(await ping(hers, ada)).toBe(200);
  const statuses: number[] = [];
  for (const session of others) statuses.push(await ping(session, mallory));
  expect(statuses).toEqual([404, 404, 200, 200]);
});

test("Unknown hosts and origins, other methods, invalid JSON and large bodies are rejected.", async () => {
  await start("--allowed-origins", "https://inspector.example");
  const status = async (init: RequestInit) => {
    const response = await fetch(`${specchat.url}/mcp`, { method: "POST", body: "{}", ...init });
    return [response.status, await response.text()];
  };
  const json = { "Content-Type": "application/json" };
  expect(await status({ headers: { ...json, Host: "evil.example" } })).toEqual([
    403,
    expect.stringContaining('Host \\"evil.example\\" is not allowed.'),
  ]);
  expect(await status({ headers: { ...json, Origin: "https://evil.example" } })).toEqual([
    403,
    expect.stringContaining("is not allowed. Ask the operator"),
  ]);
  expect(await status({ method: "PUT", headers: json })).toEqual([405, '{"detail":"Method Not Allowed"}']);
  expect(await status({ headers: json, body: "{" })).toEqual([
    400,
    '{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error: the body is no JSON."},"id":null}',
  ]);
  expect(await status({ headers: json, body: `"${"x".repeat(5_000_000)}"` })).toEqual([
    413,
    '{"jsonrpc":"2.0","error":{"code":-32000,"message":"The request is too large."},"id":null}',
  ]);
  const preflight = await fetch(`${specchat.url}/mcp`, {
    method: "OPTIONS",
    headers: { Origin: "https://inspector.example", "Access-Control-Request-Method": "POST" },
  });
  expect(preflight.headers.get("Access-Control-Allow-Headers")).toContain("Mcp-Session-Id");
});

test("A POST without a JSON content type is rejected, since pages could send it without a preflight.", async () => {
  await start("--approve", "none");
  const answers = await Promise.all(
    ["2026-07-28", undefined].map((revision) =>
      fetch(`${specchat.url}/mcp`, {
        method: "POST",
        headers: {
          "Content-Type": "text/plain",
          Accept: "application/json, text/event-stream",
          ...(revision && { "Mcp-Protocol-Version": revision }),
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: {} }),
      }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([415, 400]);
});

test("A call that runs when the server stops gets the grace period; then its stream is closed.", async () => {
  await start("--stop-grace", "20");
  const [arrived, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  answer = async () => {
    arrived.resolve();
    await go.promise;
    return Response.json({ id: 1 });
  };
  const client = await open();
  const call = client.callTool({ name: "getThing", arguments: { id: "5" } });
  await arrived.promise;
  const stopping = specchat.server.stop();
  const refused = await fetch(`${specchat.url}/mcp`, { method: "POST", body: "{}" });
  expect(refused.status).toBe(503);
  go.resolve();
  expect(await call).toMatchObject({ structuredContent: { id: 1 } });
  await stopping;
});

test("--contracts can switch it off.", async () => {
  await start("--contracts", "native");
  expect((await fetch(`${specchat.url}/mcp`, { method: "POST", body: "{}" })).status).toBe(404);
});

test.each([
  ["2025-03-26", "text"],
  ["2025-06-18", "resource_link"],
])("Revision %s gets a long result with a %s.", async (protocolVersion, type) => {
  answer = () => Response.json(Array.from({ length: 40_000 }, (_, id) => ({ id, name: `thing ${id}` })));
  await start();
  const send = async (body: object, session?: string) =>
    await fetch(`${specchat.url}/mcp`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json, text/event-stream",
        ...(session && { "Mcp-Session-Id": session }),
      },
      body: JSON.stringify({ jsonrpc: "2.0", ...body }),
    });
  const clientInfo = { name: "old", version: "1" };
  const params = { protocolVersion, capabilities: {}, clientInfo };
  const opened = await send({ id: 1, method: "initialize", params });
  const session = opened.headers.get("mcp-session-id") ?? "";
  await opened.text();
  await send({ method: "notifications/initialized" }, session);
  const call = { name: "listThings", arguments: {} };
  const response = await (await send({ id: 2, method: "tools/call", params: call }, session)).text();
  const { result } = JSON.parse(/^data: (\{.*)$/m.exec(response)?.[1] ?? response);
  expect(result.content.map((block: { type: string }) => block.type)).toEqual(["text", type]);
});
