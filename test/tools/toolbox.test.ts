import { afterAll, expect, test } from "bun:test";
import {
  buildToolbox,
  createCall,
  createContext,
  createOperation,
  createParameter,
  createRequestBody,
} from "./fixtures.ts";

const seen: unknown[] = [];
const server = Bun.serve({
  port: 0,
  async fetch(request) {
    const url = new URL(request.url);
    seen.push({ method: request.method, path: url.pathname + url.search, body: await request.text() });
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

test("run() sends one request and hands the answer on verbatim", async () => {
  seen.length = 0;
  const result = await tools.run(createCall("getUser", { id: "7", expand: ["a", "b"] }), createContext());
  expect({ ...result, durationMs: 0 }).toEqual({
    callId: "call-1",
    name: "getUser",
    status: "ok",
    content: '{"id":9007199254740993}',
    httpStatus: 200,
    durationMs: 0,
  });
  expect(seen).toEqual([{ method: "GET", path: "/v1/users/7?expand=a&expand=b", body: "" }]);
});

test("run() makes a 4xx a failed result with what the document says of it and the body", async () => {
  const result = await tools.run(createCall("getUser", { id: 404 }), createContext());
  expect({ ...result, durationMs: 0 }).toEqual({
    callId: "call-1",
    name: "getUser",
    status: "failed",
    content: 'HTTP 404 Not Found: There is no such user\n\n{"error":"no such user"}',
    httpStatus: 404,
    durationMs: 0,
  });
});

test("run() sends integers beyond 2^53 digit for digit", async () => {
  seen.length = 0;
  await tools.run(createCall("createUser", { name: "Ann", number: 9007199254740993n }), createContext());
  expect(seen).toEqual([
    { method: "POST", path: "/v1/users", body: '{"name":"Ann","number":9007199254740993}' },
  ]);
});

test("run() refuses wrong arguments before sending, all problems at once", async () => {
  seen.length = 0;
  const result = await tools.run(createCall("createUser", { number: "many", nmae: "Ann" }), createContext());
  expect({ ...result, durationMs: 0 }).toEqual({
    callId: "call-1",
    name: "createUser",
    status: "failed",
    content: [
      "Nothing was sent: the arguments of createUser are not right.",
      "- nmae: is not known; did you mean name? Known: name, number",
      "- name: is required",
      '- number: must be integer, got "many"',
    ].join("\n"),
    durationMs: 0,
  });
  expect(seen).toEqual([]);
});

test("run() names the nearest tools when there is none of that name", async () => {
  const result = await tools.run(createCall("deleteUser"), createContext());
  expect({ ...result, durationMs: 0 }).toEqual({
    callId: "call-1",
    name: "deleteUser",
    status: "failed",
    content: 'There is no tool "deleteUser". The nearest: createUser, getUser.',
    durationMs: 0,
  });
});

test("prepare() shows what run() would send and sends nothing", async () => {
  seen.length = 0;
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
  expect(seen).toEqual([]);
});

test("an unreachable API is a failed result in plain words", async () => {
  const gone = buildToolbox([getUser], { api: { baseUrl: "http://127.0.0.1:1" } });
  const result = await gone.run(createCall("getUser", { id: 7 }), createContext());
  expect({ ...result, durationMs: 0 }).toEqual({
    callId: "call-1",
    name: "getUser",
    status: "failed",
    content: "127.0.0.1:1 refused the connection or cannot be reached.",
    durationMs: 0,
  });
});

test("run() tells a model that its arguments were no JSON object", async () => {
  const result = await tools.run({ ...createCall("getUser"), malformed: '{"id": ' }, createContext());
  expect({ ...result, durationMs: 0 }).toEqual({
    callId: "call-1",
    name: "getUser",
    status: "failed",
    content: "The arguments of getUser are no JSON object; send them again as one.",
    durationMs: 0,
  });
});

test("run() of a stopped turn sends nothing", async () => {
  seen.length = 0;
  const result = await tools.run(
    createCall("getUser", { id: 7 }),
    createContext({ signal: AbortSignal.abort() }),
  );
  expect([result.status, result.content, seen]).toEqual(["failed", "The call was stopped.", []]);
});

test("a caller's credentials go to the API they are for and to no other", async () => {
  const scheme = { key: { type: "apiKey", name: "X-Key", in: "header" } } as const;
  const secured = { ...getUser, security: [{ key: [] }] };
  const mine = buildToolbox([secured], { api: { name: "crm", baseUrl, securitySchemes: scheme } });
  const credentialsFor = (api: string) => ({
    [api]: { schemes: { key: { type: "apiKey", value: "s3cret" } }, headers: {} } as const,
  });
  const headersFor = async (api: string) => {
    const prepared = await mine.prepare(
      createCall("getUser", { id: 7 }),
      createContext({ credentials: credentialsFor(api) }),
    );
    return prepared.outcome === "ready" ? [prepared.request.headers["X-Key"], prepared.secrets.headers] : [];
  };
  expect(await headersFor("crm")).toEqual(["s3cret", ["x-key"]]);
  expect(await headersFor("shop")).toEqual([undefined, []]);
});
