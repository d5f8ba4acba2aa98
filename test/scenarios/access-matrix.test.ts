/** Every route and method × every kind of caller. A route without a row fails. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { parseLimits } from "../../src/config/limits.ts";
import { routes } from "../../src/server/routes.ts";
import {
  type Belongings,
  CALLERS,
  type CallerName,
  type Matrix,
  startMatrix,
} from "../support/access-callers.ts";

/** What each caller gets. */
type Outcome = Readonly<Record<CallerName, number>>;

interface Row {
  readonly outcome: Outcome;
  /** The path and query of the request. Default: that of the route. */
  readonly path?: (belongings: Belongings) => string;
  readonly body?: (belongings: Belongings) => object;
}

const REFUSED = { none: 401, wrong: 401, expired: 401 };

/** For everyone, with or without an identity. */
const open = (status: number): Outcome => ({
  none: status,
  wrong: status,
  expired: status,
  ...everyUser(status),
});
/** For everyone with an identity. */
const users = (status: number): Outcome => ({ ...REFUSED, ...everyUser(status) });
/** For everyone with an identity whose roles allow the protocol. */
const protocol = (status: number): Outcome => ({ ...users(status), "wrong role": 403 });
/** For the owner. To all others it does not exist. */
const owned = (status: number): Outcome => ({ ...users(404), right: status });
const ownedInProtocol = (status: number): Outcome => ({ ...owned(status), "wrong role": 403 });
const administrator = (status: number): Outcome => ({ ...REFUSED, ...everyUser(403), right: status });

function everyUser(status: number) {
  return { "other user": status, "other organization": status, "wrong role": status, right: status };
}

const ofSession = (suffix: string) => ({
  path: ({ session }: Belongings) => `/bedrock-chat/sessions/${session}${suffix}`,
});
const ofCall = (part: string) => ({
  path: ({ session, call }: Belongings) => `/bedrock-chat/sessions/${session}/calls/${call}/${part}`,
});
const ofChat = { path: ({ chat }: Belongings) => `/api/v1/sessions/${chat}` };
const ofRequest = (suffix: string) => ({
  path: ({ request }: Belongings) => `/api/v1/approvals/${request}${suffix}`,
});
const body = (value: object) => ({ body: () => value });
const USER_MESSAGE = { role: "user", content: "hello" };

const ROWS: Readonly<Record<string, Row>> = {
  "GET /": { outcome: users(200) },
  "GET /health": { outcome: open(200) },
  "GET /livez": { outcome: open(200) },
  "GET /readyz": { outcome: open(200) },
  "GET /startupz": { outcome: open(200) },
  "GET /bedrock-chat/health": { outcome: open(200) },
  "GET /docs": { outcome: users(200) },
  "GET /openapi.json": { outcome: users(200) },
  "GET /bedrock-chat/docs": { outcome: protocol(200) },
  "GET /bedrock-chat/docs/:topic": { outcome: protocol(200), path: () => "/bedrock-chat/docs/roles" },
  "GET /metrics": { outcome: administrator(200) },
  "GET /bedrock-chat/usage": { outcome: administrator(200) },
  "GET /bedrock-chat/usage/overview": { outcome: administrator(200) },

  "GET /bedrock-chat/ui": { outcome: open(200) },
  "GET /bedrock-chat/ui/*": { outcome: open(404), path: () => "/bedrock-chat/ui/none.js" },
  "GET /bedrock-chat/account": { outcome: open(200) },
  "GET /bedrock-chat/account/sign-in": { outcome: open(303) },
  "POST /bedrock-chat/account/sign-in": { outcome: open(400) },
  "GET /bedrock-chat/account/callback": { outcome: open(303) },
  "POST /bedrock-chat/account/renew": { outcome: open(200) },
  "POST /bedrock-chat/account/sign-out": { outcome: open(200) },

  "GET /bedrock-chat/ws": { outcome: protocol(426) },
  "GET /ws": { outcome: protocol(426) },
  "GET /ws/chat/completions": { outcome: protocol(426) },

  "GET /bedrock-chat/files/:id": { outcome: owned(200), path: ({ file }) => file },
  "GET /bedrock-chat/tools": { outcome: users(200) },
  "GET /bedrock-chat/tools/:name": { outcome: users(200), path: () => "/bedrock-chat/tools/createThing" },
  "POST /bedrock-chat/tools/:name/request": {
    outcome: users(200),
    path: () => "/bedrock-chat/tools/createThing/request",
    ...body({ arguments: { name: "n" } }),
  },

  "GET /bedrock-chat/sessions": { outcome: users(200) },
  "GET /bedrock-chat/sessions/:id": { outcome: owned(200), ...ofSession("") },
  "GET /bedrock-chat/sessions/:id/export": { outcome: owned(200), ...ofSession("/export") },
  "GET /bedrock-chat/sessions/:id/calls/:call/result": { outcome: owned(200), ...ofCall("result") },
  "GET /bedrock-chat/sessions/:id/calls/:call/request": { outcome: owned(200), ...ofCall("request") },
  "PATCH /bedrock-chat/sessions/:id": { outcome: owned(204), ...ofSession(""), ...body({ title: "Things" }) },
  "POST /bedrock-chat/sessions/:id/branches": {
    outcome: owned(201),
    ...ofSession("/branches"),
    body: ({ message }) => ({ before: message }),
  },
  "PUT /bedrock-chat/sessions/:id/feedback": {
    outcome: owned(204),
    ...ofSession("/feedback"),
    body: ({ message }) => ({ message_id: message, rating: "up" }),
  },
  "GET /bedrock-chat/sessions/:id/share": { outcome: owned(200), ...ofSession("/share") },
  "PUT /bedrock-chat/sessions/:id/share": { outcome: owned(200), ...ofSession("/share"), ...body({}) },
  "DELETE /bedrock-chat/sessions/:id/share": { outcome: owned(204), ...ofSession("/share") },
  "GET /bedrock-chat/shares/:id": {
    outcome: { ...users(200), "other organization": 404 },
    path: ({ share }) => `/bedrock-chat/shares/${share}`,
  },
  "POST /bedrock-chat/sessions/:id/stop": { outcome: owned(202), ...ofSession("/stop") },
  "DELETE /bedrock-chat/sessions/:id": { outcome: owned(204), ...ofSession("") },

  "POST /api/agent/stream": {
    outcome: protocol(200),
    ...body({ input_text: "hello", session_id: "matrix", agent_id: "specchat" }),
  },
  "POST /api/v1/chat": { outcome: protocol(200), ...body({ message: "hello" }) },
  "POST /api/v1/chat/stream": { outcome: protocol(200), ...body({ message: "hello" }) },
  "GET /api/v1/approvals/pending": { outcome: protocol(200) },
  "GET /api/v1/approvals/:id": { outcome: ownedInProtocol(200), ...ofRequest("") },
  "POST /api/v1/approvals/:id/approve": {
    outcome: ownedInProtocol(200),
    ...ofRequest("/approve"),
    ...body({}),
  },
  "POST /api/v1/approvals/:id/reject": {
    outcome: ownedInProtocol(400),
    ...ofRequest("/reject"),
    ...body({}),
  },
  "POST /api/v1/approvals/:id/cancel": {
    outcome: ownedInProtocol(400),
    ...ofRequest("/cancel"),
    ...body({}),
  },
  "GET /api/v1/sessions/:id": { outcome: ownedInProtocol(200), ...ofChat },
  "DELETE /api/v1/sessions/:id": { outcome: ownedInProtocol(204), ...ofChat },
  "GET /api/v1/sessions": { outcome: protocol(200) },
  "POST /api/v1/sessions": { outcome: protocol(201), ...body({}) },
  "DELETE /api/v1/sessions": { outcome: protocol(200) },
  "GET /api/v1/models/providers": { outcome: protocol(200) },
  "GET /api/v1/models/providers/:name": {
    outcome: protocol(200),
    path: () => "/api/v1/models/providers/bedrock",
  },
  "POST /api/v1/models/validate": { outcome: protocol(200), ...body({ provider: "bedrock", model: "none" }) },
  "GET /api/v1/status": { outcome: protocol(200) },
  "GET /api/v1/*": { outcome: protocol(404), path: () => "/api/v1/agents" },
  "POST /api/v1/*": { outcome: protocol(404), path: () => "/api/v1/agents", ...body({}) },
  "PUT /api/v1/*": { outcome: protocol(404), path: () => "/api/v1/agents", ...body({}) },
  "PATCH /api/v1/*": { outcome: protocol(404), path: () => "/api/v1/agents", ...body({}) },
  "DELETE /api/v1/*": { outcome: protocol(404), path: () => "/api/v1/agents" },

  "POST /api/chat/message": { outcome: protocol(200), ...body({ message: "hello" }) },
  "GET /v1/models": { outcome: protocol(200) },
  "GET /v1/models/:id": { outcome: protocol(404), path: () => "/v1/models/none" },
  "POST /v1/chat/completions": {
    outcome: protocol(200),
    body: ({ model }) => ({ model, messages: [USER_MESSAGE] }),
  },
  "POST /v1/responses": { outcome: protocol(200), body: ({ model }) => ({ model, input: "hello" }) },
  "POST /v1/messages": {
    outcome: protocol(200),
    body: ({ model }) => ({ model, max_tokens: 100, messages: [USER_MESSAGE] }),
  },
  "POST /v1/messages/count_tokens": {
    outcome: protocol(200),
    body: ({ model }) => ({ model, messages: [USER_MESSAGE] }),
  },
  "POST /bedrock-chat/ai": {
    outcome: protocol(200),
    ...body({
      id: "matrix",
      messages: [{ id: "1", role: "user", parts: [{ type: "text", text: "hello" }] }],
    }),
  },
  "GET /bedrock-chat/ai/:id/stream": {
    outcome: protocol(204),
    path: () => "/bedrock-chat/ai/matrix/stream",
  },
  "POST /bedrock-chat/ag-ui": {
    outcome: protocol(200),
    ...body({
      ...{ threadId: "t", runId: "r", state: {}, tools: [], context: [], forwardedProps: {} },
      messages: [{ id: "1", ...USER_MESSAGE }],
    }),
  },
  "GET /mcp": { outcome: protocol(400) },
  "POST /mcp": {
    outcome: protocol(200),
    ...body({
      ...{ jsonrpc: "2.0", id: 1, method: "initialize" },
      params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "m", version: "1" } },
    }),
  },
  "DELETE /mcp": { outcome: protocol(400) },
  "GET /.well-known/oauth-protected-resource": { outcome: open(200) },
  "GET /.well-known/oauth-protected-resource/mcp": { outcome: open(200) },
};

const NO_LIMITS = { caller: [], key: [], organization: [], address: [], server: [], failures: [] };
let matrix: Matrix;
beforeAll(async () => {
  matrix = await startMatrix();
});
afterAll(() => matrix.stop());

/** Sends the request of a row and reads the response. */
async function request(key: string, caller: CallerName): Promise<Response> {
  const { path, body: bodyOf } = ROWS[key] ?? {};
  const [method = "", route = ""] = key.split(" ");
  const response = await fetch(`${matrix.specchat.url}${path?.(matrix.belongings) ?? route}`, {
    method,
    redirect: "manual",
    headers: {
      Accept: "application/json, text/event-stream",
      ...(bodyOf && { "Content-Type": "application/json" }),
      ...matrix.headers[caller],
    },
    ...(bodyOf && { body: JSON.stringify(bodyOf(matrix.belongings)) }),
  });
  await response.arrayBuffer();
  return response;
}

test("Every method of every route has a row, and every row a route.", () => {
  const { config } = matrix.specchat.app;
  const served = routes.filter((route) => route.enabled?.(config) ?? true);
  expect(served).toEqual([...routes]);
  const keys = routes.flatMap((route) =>
    Object.keys(route.methods).map((name) => `${name} ${route.path(config)}`),
  );
  expect(Object.keys(ROWS).toSorted()).toEqual(keys.toSorted());
});

test.each(Object.keys(ROWS))("%s", async (key) => {
  const statuses: [CallerName, number][] = [];
  for (const caller of CALLERS) statuses.push([caller, (await request(key, caller)).status]);
  expect(Object.fromEntries(statuses)).toEqual(ROWS[key]?.outcome ?? {});
});

/** Requests that use the model. */
const TURNS = [
  "POST /api/agent/stream",
  "POST /api/v1/chat",
  "POST /api/v1/chat/stream",
  "POST /api/chat/message",
  "POST /v1/chat/completions",
  "POST /v1/responses",
  "POST /v1/messages",
  "POST /bedrock-chat/ai",
  "POST /bedrock-chat/ag-ui",
];
/** Requests that cost something else. */
const WRITES = [
  "POST /bedrock-chat/sessions/:id/branches",
  "PUT /bedrock-chat/sessions/:id/share",
  "GET /bedrock-chat/shares/:id",
  "PUT /bedrock-chat/sessions/:id/feedback",
  "PATCH /bedrock-chat/sessions/:id",
  "POST /api/v1/sessions",
  "POST /v1/messages/count_tokens",
];

test.each([
  ["limit of requests", "1/day", [...TURNS, ...WRITES]],
  ["budget", "1 tokens/day", TURNS],
])(
  "Once a %s is reached, exactly the requests that it counts are refused.",
  async (_name, text, expected) => {
    const { limits } = matrix.specchat.app;
    limits.replace({ ...NO_LIMITS, server: parseLimits(text) });
    await request("POST /api/v1/chat", "other user");
    const refused: string[] = [];
    for (const key of Object.keys(ROWS)) if ((await request(key, "right")).status === 429) refused.push(key);
    limits.replace(NO_LIMITS);
    expect(refused.toSorted()).toEqual(expected.toSorted());
  },
);
