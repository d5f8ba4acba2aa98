/** MCP servers that do not keep to the protocol in every detail, as raw JSON over HTTP. */
import { afterEach, describe, expect, test } from "bun:test";
import { type Specchat, startApi, startSpecchat } from "../../support/harness.ts";

let specchat: Specchat | undefined;
const toStop: (() => unknown)[] = [];

afterEach(async () => {
  await specchat?.stop();
  for (const stop of toStop.splice(0)) await stop();
});

function serve(fetch: (request: Request) => Response | Promise<Response>): string {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch });
  toStop.push(() => server.stop(true));
  return `http://127.0.0.1:${server.port}/`;
}

async function start(url: string): Promise<Specchat> {
  const api = await startApi();
  toStop.push(() => api.stop());
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", "m", "--mcp", `odd=${url}`],
    useDemoModel: true,
  });
  return specchat;
}

/** Serves revision 2025-03-26 with this list and this result of a call. */
function serveList(list: object, result: object = { content: [] }): string {
  return serve(async (request) => {
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const { id, method, params } = (await request.json()) as { id?: number; method: string; params?: object };
    if (id === undefined) return new Response(null, { status: 202 });
    const results: Record<string, object> = {
      initialize: {
        protocolVersion: "2025-03-26",
        capabilities: { tools: {} },
        serverInfo: { name: "odd", version: "1" },
      },
      "tools/list": list,
      "tools/call": result,
    };
    const found = results[method];
    if (!found)
      return Response.json({ jsonrpc: "2.0", id, error: { code: -32601, message: `no ${method}` } });
    return Response.json({ jsonrpc: "2.0", id, result: params ? found : found });
  });
}

const schema = { type: "object", properties: { a: { type: "string" } } };
const tool = (name: unknown, rest: object = {}) => ({ name, inputSchema: schema, ...rest });

test("An odd entry of a list costs that entry only.", async () => {
  const url = serveList({
    tools: [
      tool("good"),
      null,
      "text",
      7,
      tool(null),
      tool(12),
      tool("array", { inputSchema: { type: "array" } }),
      tool("nulls", { title: null, description: null, annotations: null, outputSchema: null, _meta: null }),
      tool("odd_fields", {
        description: 5,
        annotations: { readOnlyHint: "yes", title: 3 },
        outputSchema: { type: "string" },
      }),
      { name: "no_schema" },
      tool("null_schema", { inputSchema: null }),
      tool("null_properties", { inputSchema: { type: "object", properties: null, required: null } }),
      tool("null_property", {
        inputSchema: { type: "object", properties: { a: null }, required: ["a", null] },
      }),
    ],
    nextCursor: null,
  });
  const { app, log } = await start(url);
  expect(app.apis.current.custom.map(({ name }) => name)).toEqual(
    ["good", "no_schema", "null_properties", "null_property", "null_schema", "nulls", "odd_fields"].map(
      (name) => `odd_${name}`,
    ),
  );
  expect(log.filter((line) => line.includes("odd entry")).length).toBeGreaterThanOrEqual(6);
});

test("An odd block of a result costs that block only.", async () => {
  const url = serveList(
    { tools: [tool("good", { annotations: { readOnlyHint: true } })] },
    {
      content: [null, { type: "text", text: "one", annotations: null }, { type: "chart", data: 1 }, "two"],
      structuredContent: null,
      isError: null,
    },
  );
  const { app } = await start(url);
  const [found] = app.apis.current.custom;
  const result = await found?.run({}, {
    signal: new AbortController().signal,
    caller: { id: "" as never, kind: "anonymous", session: "" as never },
  } as never);
  expect(result).toMatchObject({ status: "ok", content: 'one\n\n{"type":"chart","data":1}\n\ntwo' });
});

test("A server of the HTTP+SSE transport is refused with a clear line.", async () => {
  const url = serve((request) =>
    request.method === "GET"
      ? new Response("event: endpoint\ndata: /messages?session=1\n\n", {
          headers: { "Content-Type": "text/event-stream" },
        })
      : new Response("Method Not Allowed", { status: 405 }),
  );
  const { log } = await start(url);
  while (!log.some((line) => line.includes("not connected"))) await Bun.sleep(5);
  expect(log.join("\n")).toContain("it speaks the HTTP+SSE transport of revision 2024-11-05");
});

describe("A session that the server has lost is opened again, and the call is made once more, when it responds with", () => {
  const rpcError = (code: number, message: string) =>
    JSON.stringify({ jsonrpc: "2.0", error: { code, message } });
  const responses: readonly (readonly [number, string])[] = [
    [404, ""],
    [404, rpcError(-32001, "Session not found")],
    [400, rpcError(-32000, "Bad Request: No valid session ID provided")],
    [400, rpcError(-32000, "Bad Request: Server not initialized")],
    [400, "Invalid or missing session ID"],
    [410, "session expired"],
    [200, rpcError(-32001, "Session not found")],
  ];

  /** Serves revision 2025-06-18. The first session is lost for calls, which are answered with `status` and `text`. */
  function serveLostSession(status: number, text: string) {
    const seen = { sessions: 0, calls: [] as (string | null)[] };
    const url = serve(async (request) => {
      if (request.method !== "POST") return new Response(null, { status: 405 });
      const { id, method } = (await request.json()) as { id?: number; method: string };
      const respond = (result: object, headers = {}) =>
        Response.json({ jsonrpc: "2.0", id, result }, { headers });
      const session = request.headers.get("mcp-session-id");
      if (id === undefined) return new Response(null, { status: 202 });
      if (method === "initialize") {
        seen.sessions += 1;
        const serverInfo = { name: "odd", version: "1" };
        return respond(
          { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo },
          { "Mcp-Session-Id": `s${seen.sessions}` },
        );
      }
      if (method === "tools/list") return respond({ tools: [tool("go")] });
      if (method !== "tools/call")
        return Response.json({ jsonrpc: "2.0", id, error: { code: -32601, message: `no ${method}` } });
      seen.calls.push(session);
      if (session !== "s1") return respond({ content: [{ type: "text", text: "fine" }] });
      const body = text.startsWith("{") ? JSON.stringify({ ...JSON.parse(text), id }) : text;
      return new Response(body, {
        status,
        headers: { "Content-Type": text.startsWith("{") ? "application/json" : "text/plain" },
      });
    });
    return { url, seen };
  }

  async function callOnce(url: string): Promise<unknown> {
    const { app } = await start(url);
    const signal = new AbortController().signal;
    const [found] = app.apis.current.custom;
    return await found?.run({}, { signal } as never).catch((error: Error) => error.message);
  }

  test.each(responses)("%p %s", async (status, text) => {
    const { url, seen } = serveLostSession(status, text);
    expect(await callOnce(url)).toMatchObject({ content: "fine" });
    expect(seen.calls).toEqual(["s1", "s2"]);
  });

  test.each([
    [400, rpcError(-32602, "bad argument")],
    [200, rpcError(-32603, "Session not found")],
    [500, "session expired"],
  ])("and not after %p %s", async (status, text) => {
    const { url, seen } = serveLostSession(status, text);
    expect(await callOnce(url)).toBeString();
    expect(seen.calls).toEqual(["s1"]);
  });
});
