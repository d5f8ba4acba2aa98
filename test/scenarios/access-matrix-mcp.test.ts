/** Every method of MCP × every kind of caller. A method without a row fails. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createMcpContext } from "../../src/protocols/mcp/mcp-context.ts";
import { createServer } from "../../src/protocols/mcp/server.ts";
import {
  type Belongings,
  CALLERS,
  type CallerName,
  type Matrix,
  startMatrix,
} from "../support/access-callers.ts";

let matrix: Matrix;
beforeAll(async () => {
  matrix = await startMatrix();
});
afterAll(() => matrix.stop());

/** A status of HTTP, `result`, or the code of an error. */
type Outcome = number | "result";

interface Row {
  readonly params?: (belongings: Belongings) => object;
  readonly outcome: Readonly<Record<CallerName, Outcome>>;
  /** True for a method that only revisions with sessions have. */
  readonly isLegacy?: boolean;
}

const REFUSED = { none: 401, wrong: 401, expired: 401, "wrong role": 403 } as const;
const users = (outcome: Outcome) => ({
  ...REFUSED,
  ...{ "other user": outcome, "other organization": outcome, right: outcome },
});
const NOT_FOUND = -32602;

const INITIALIZE = {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "matrix", version: "1" },
};

const ROWS: Readonly<Record<string, Row>> = {
  initialize: { isLegacy: true, params: () => INITIALIZE, outcome: users("result") },
  ping: { isLegacy: true, outcome: users("result") },
  "tools/list": { outcome: users("result") },
  "tools/call": { params: () => ({ name: "getThing", arguments: { id: 2 } }), outcome: users("result") },
  "resources/list": { outcome: users("result") },
  "resources/templates/list": { outcome: users("result") },
  "resources/read": {
    params: ({ file }) => ({ uri: `specchat://files/${file.split("/").at(-1)}` }),
    outcome: { ...users(NOT_FOUND), right: "result" },
  },
  // Methods of the SDK itself.
  "server/discover": { outcome: users("result") },
  "subscriptions/listen": { outcome: users(-32602) },
};

async function post(
  message: object,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly outcome: Outcome; readonly session: string | null; readonly text: string }> {
  const response = await fetch(`${matrix.specchat.url}/mcp`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, ...message }),
  });
  const text = await response.text();
  const session = response.headers.get("mcp-session-id");
  const json = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
  const answer = text.includes('"jsonrpc"') ? JSON.parse(json) : {};
  if (answer.result) return { outcome: "result", session, text };
  return { outcome: answer.error && response.ok ? answer.error.code : response.status, session, text };
}

/** Sends a request without a session, of revision 2026-07-28. */
async function call(method: string, params: object, caller: CallerName): Promise<Outcome> {
  const meta = "io.modelcontextprotocol/";
  const _meta = {
    [`${meta}protocolVersion`]: "2026-07-28",
    [`${meta}clientInfo`]: INITIALIZE.clientInfo,
    [`${meta}clientCapabilities`]: {},
  };
  const names = Object.entries(params).flatMap(([key, value]) =>
    key === "name" || key === "uri" ? [["Mcp-Name", value as string]] : [],
  );
  const headers = {
    ...matrix.headers[caller],
    ...{ "Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": method },
    ...Object.fromEntries(names),
  };
  return (await post({ method, params: { ...params, _meta } }, headers)).outcome;
}

/** Sends a request in a session of its own. */
async function callInSession(method: string, params: object, caller: CallerName): Promise<Outcome> {
  const opened = await post({ method: "initialize", params: INITIALIZE }, matrix.headers[caller]);
  if (method === "initialize" || opened.session === null) return opened.outcome;
  return (await post({ method, params }, { ...matrix.headers[caller], "Mcp-Session-Id": opened.session }))
    .outcome;
}

test("Every method has a row.", () => {
  const context = createMcpContext(matrix.specchat.app, new AbortController().signal);
  const server = createServer(context, () => {
    throw new Error("not used");
  });
  // The SDK has no list of what it serves.
  const { _requestHandlers: handlers } = server as unknown as {
    readonly _requestHandlers: Map<string, unknown>;
  };
  const own = [...handlers.keys(), "server/discover", "subscriptions/listen"];
  expect(Object.keys(ROWS).toSorted()).toEqual(own.toSorted());
});

test.each(Object.entries(ROWS))("%s", async (method, { params, outcome, isLegacy }) => {
  const send = isLegacy ? callInSession : call;
  const outcomes: Record<string, Outcome> = {};
  for (const caller of CALLERS)
    outcomes[caller] = await send(method, params?.(matrix.belongings) ?? {}, caller);
  expect(outcomes).toEqual(outcome);
});

test.each(["prompts/list", "prompts/get", "logging/setLevel", "completion/complete", "tasks/list", "none"])(
  "%s is no method, for nobody.",
  async (method) => {
    const outcomes: Record<string, Outcome> = {};
    for (const caller of CALLERS) outcomes[caller] = await call(method, {}, caller);
    expect(outcomes).toEqual(users(404));
  },
);

test("A session is that of its user.", async () => {
  const { session } = await post({ method: "initialize", params: INITIALIZE }, matrix.headers.right);
  const outcomes: Record<string, Outcome> = {};
  for (const caller of CALLERS) {
    const headers = { ...matrix.headers[caller], "Mcp-Session-Id": session ?? "" };
    outcomes[caller] = (await post({ method: "tools/list", params: {} }, headers)).outcome;
  }
  expect(outcomes).toEqual({ ...users(404), right: "result" });
});
