import { afterAll, expect, test } from "bun:test";
import {
  buildToolbox,
  createCall,
  createContext,
  createOperation,
  createParameter,
  createRequestBody,
} from "./fixtures.ts";

const received: unknown[] = [];
const server = Bun.serve({
  port: 0,
  async fetch(request) {
    const url = new URL(request.url);
    received.push({ method: request.method, path: url.pathname + url.search, body: await request.text() });
    if (url.pathname === "/v1/users/404") return Response.json({ error: "no such user" }, { status: 404 });
    return new Response('{"id":9007199254740993}', { headers: { "content-type": "application/json" } });
  },
});
afterAll(() => server.stop(true));
const baseUrl = `${server.url.origin}/v1`;

const getUser = createOperation({
  operationId: "getUser",
  path: "/users/{id}",
  summary: "One user",
  parameters: [
    createParameter({ name: "id", in: "path", schema: { type: "integer" } }),
    createParameter({ name: "expand", in: "query", schema: { type: "array", items: { type: "string" } } }),
  ],
  responses: [{ status: "404", description: "There is no such user" }],
});
const createUser = createOperation({
  operationId: "createUser",
  method: "POST",
  path: "/users",
  body: createRequestBody("application/json", {
    type: "object",
    required: ["name"],
    properties: { name: { type: "string" }, number: { type: "integer" } },
  }),
});
const tools = buildToolbox([getUser, createUser], { api: { baseUrl } });

test("`run()` sends one request and returns the response unchanged", async () => {
  received.length = 0;
  const { result } = await tools.run(createCall("getUser", { id: "7", expand: ["a", "b"] }), createContext());
  expect({ ...result, durationMs: 0 }).toEqual({
    callId: "call-1",
    name: "getUser",
    status: "ok",
    content: '{"id":9007199254740993}',
    httpStatus: 200,
    durationMs: 0,
  });
  expect(received).toEqual([{ method: "GET", path: "/v1/users/7?expand=a&expand=b", body: "" }]);
});

test("`run()` returns a 4xx as a failed result with the document's description and the body", async () => {
  const { result } = await tools.run(createCall("getUser", { id: 404 }), createContext());
  expect({ ...result, durationMs: 0 }).toEqual({
    callId: "call-1",
    name: "getUser",
    status: "failed",
    content: 'HTTP 404 Not Found: There is no such user\n\n{"error":"no such user"}',
    httpStatus: 404,
    durationMs: 0,
  });
});

test("`run()` sends integers beyond 2^53 exactly", async () => {
  received.length = 0;
  await tools.run(createCall("createUser", { name: "Ann", number: 9007199254740993n }), createContext());
  expect(received).toEqual([
    { method: "POST", path: "/v1/users", body: '{"name":"Ann","number":9007199254740993}' },
  ]);
});

test("`run()` refuses invalid arguments before sending and lists all problems", async () => {
  received.length = 0;
  const { result } = await tools.run(
    createCall("createUser", { number: "many", nmae: "Ann" }),
    createContext(),
  );
  expect({ ...result, durationMs: 0 }).toEqual({
    callId: "call-1",
    name: "createUser",
    status: "failed",
    content: [
      "Request not sent: invalid arguments for createUser.",
      "- nmae: is unknown; did you mean name? Known: name, number",
      "- name: is required",
      '- number: must be integer, got "many"',
    ].join("\n"),
    durationMs: 0,
    refused: "arguments",
  });
  expect(received).toEqual([]);
});

test("`run()` suggests the most similar names for an unknown tool", async () => {
  const { result } = await tools.run(createCall("deleteUser"), createContext());
  expect({ ...result, durationMs: 0 }).toEqual({
    callId: "call-1",
    name: "deleteUser",
    status: "failed",
    content: 'Unknown tool "deleteUser". The most similar: createUser, getUser.',
    durationMs: 0,
  });
});

test("`prepare()` builds the request of `run()` and sends nothing", async () => {
  received.length = 0;
  const prepared = await tools.prepare(createCall("getUser", { id: 7 }), createContext());
  expect<unknown>(prepared).toEqual({
    outcome: "ready",
    tool: tools.tools[0],
    request: {
      method: "GET",
      url: `${baseUrl}/users/7`,
      headers: { Accept: "application/json, text/*;q=0.9, */*;q=0.5" },
      body: null,
    },
    secrets: { headers: [], query: [], cookies: [] },
  });
  expect(received).toEqual([]);
});

test("`run()` describes an unreachable API in a failed result", async () => {
  const unreachable = buildToolbox([getUser], { api: { baseUrl: "http://127.0.0.1:1" } });
  const { result } = await unreachable.run(createCall("getUser", { id: 7 }), createContext());
  expect({ ...result, durationMs: 0 }).toEqual({
    callId: "call-1",
    name: "getUser",
    status: "failed",
    content: "127.0.0.1:1 refused the connection or cannot be reached.",
    durationMs: 0,
  });
});

test("`run()` refuses arguments that are not a JSON object", async () => {
  const { result } = await tools.run({ ...createCall("getUser"), malformed: '{"id": ' }, createContext());
  expect({ ...result, durationMs: 0 }).toEqual({
    callId: "call-1",
    name: "getUser",
    status: "failed",
    content: "Request not sent: the arguments of getUser are not a JSON object. Call it again with one.",
    durationMs: 0,
    refused: "arguments",
  });
});

test("`run()` sends nothing for a stopped turn", async () => {
  received.length = 0;
  const { result } = await tools.run(
    createCall("getUser", { id: 7 }),
    createContext({ signal: AbortSignal.abort() }),
  );
  expect([result.status, result.content, received]).toEqual(["failed", "The call was stopped.", []]);
});

test("`prepare()` adds a caller's credentials only for their own API", async () => {
  const scheme = { key: { type: "apiKey", name: "X-Key", in: "header" } } as const;
  const secured = { ...getUser, security: [{ key: [] }] };
  const crm = buildToolbox([secured], { api: { name: "crm", baseUrl, securitySchemes: scheme } });
  const credentialsFor = (api: string) => ({
    [api]: { schemes: { key: { type: "apiKey", value: "s3cret" } }, headers: {} } as const,
  });
  const headersFor = async (api: string) => {
    const prepared = await crm.prepare(
      createCall("getUser", { id: 7 }),
      createContext({ credentials: credentialsFor(api) }),
    );
    return prepared.outcome === "ready" ? [prepared.request.headers["X-Key"], prepared.secrets.headers] : [];
  };
  expect(await headersFor("crm")).toEqual(["s3cret", ["x-key"]]);
  expect(await headersFor("shop")).toEqual([undefined, []]);
});
