/** Every type of frame of every WebSocket × every kind of caller. A type without a row fails. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ClientFrame } from "../../src/protocols/native/types.ts";
import { type Belongings, type CallerName, type Matrix, startMatrix } from "../support/access-callers.ts";
import { type JsonFrame, SocketClient } from "../support/socket-client.ts";

let matrix: Matrix;
beforeAll(async () => {
  matrix = await startMatrix();
});
afterAll(() => matrix.stop());

const connect = (path: string, caller: CallerName, headers: Readonly<Record<string, string>> = {}) =>
  SocketClient.connect(matrix.specchat.url, path, { ...matrix.headers[caller], ...headers });

const PATHS = ["/bedrock-chat/ws", "/ws", "/", "/ws/chat/completions"];

describe.each(PATHS)("the upgrade of %s", (path) => {
  test.each(["wrong", "expired", "wrong role"] as const)(
    "is refused to a caller with credentials: %s.",
    (caller) => {
      expect(connect(path, caller)).rejects.toThrow("cannot connect");
    },
  );

  test.each(["wrong", "expired"] as const)(
    "tells a page why its credentials are refused: %s.",
    async (caller) => {
      const client = await connect(path, caller, { Origin: matrix.specchat.url });
      expect((await client.next()).type).toMatch(/^(auth_)?error$/);
      client.close();
    },
  );
});

/** What a frame is answered with: types of frames, or codes of errors. */
interface Row<Frame> {
  readonly frame: (belongings: Belongings) => Frame;
  readonly right: readonly string[];
  /** For another user and another organization, which have a session of their own. */
  readonly others: readonly string[];
}

const outcomesOf = (frames: readonly JsonFrame[]): readonly string[] =>
  frames.map(({ type, code, data }) =>
    code ? `${type} ${code}` : data?.session === null ? `${type} none` : type,
  );

const NATIVE: { readonly [Type in ClientFrame["type"]]: Row<object> } = {
  hello: { frame: () => ({ capabilities: ["approval"] }), right: [], others: [] },
  message: { frame: () => ({ message: " " }), right: [], others: [] },
  stop: { frame: () => ({}), right: [], others: [] },
  approve: {
    frame: ({ approval }) => ({ approval_id: approval, approved: true }),
    right: ["error approval_not_found"],
    others: ["error approval_not_found"],
  },
  edit: {
    frame: ({ approval }) => ({ approval_id: approval, tool_call_id: "c1", arguments: {} }),
    right: ["error approval_not_found"],
    others: ["error approval_not_found"],
  },
  resume: {
    frame: ({ session }) => ({ session_id: session, last_seq: 0, snapshot: true }),
    right: ["connection_established", "snapshot"],
    others: ["error session_not_found"],
  },
  auth: {
    frame: () => ({ scheme: "none", value: { token: "t" } }),
    right: ["error bad_frame"],
    others: ["error bad_frame"],
  },
  logout: { frame: () => ({}), right: ["notice logged_out"], others: ["notice logged_out"] },
  history: { frame: () => ({}), right: ["history"], others: ["history"] },
  clear: { frame: () => ({}), right: ["history_cleared"], others: ["history_cleared"] },
  ping: { frame: () => ({}), right: ["pong"], others: ["pong"] },
};

describe.each(Object.entries(NATIVE))("native: %s", (type, { frame, right, others }) => {
  test.each([
    ["other user", others],
    ["other organization", others],
    ["right", right],
  ] as const)("%s", async (caller, expected) => {
    const client = await connect("/bedrock-chat/ws", caller);
    await client.next();
    client.send({ type, ...frame(matrix.belongings) });
    client.send({ type: "ping" });
    // Frames are handled in their order.
    const pongs = type === "ping" ? 2 : 1;
    const answers: JsonFrame[] = [];
    while (answers.filter((answer) => answer.type === "pong").length < pongs)
      answers.push(await client.next());
    expect(outcomesOf(answers.slice(0, -1))).toEqual(expected);
    client.close();
  });

  test("none", async () => {
    const client = await connect("/bedrock-chat/ws", "none");
    client.send({ type, ...frame(matrix.belongings) });
    expect(outcomesOf([await client.next()])).toEqual(["error unauthorized"]);
    expect((await client.closed).code).toBe(1008);
  });
});

test("native: A resumed session has its pending approval for its owner only.", async () => {
  const { approval: approval_id, waitingSession: session_id } = matrix.belongings;
  for (const caller of ["other user", "other organization", "right"] as const) {
    const client = await connect("/bedrock-chat/ws", caller);
    await client.next();
    client.send({ type: "resume", session_id, last_seq: 0, snapshot: true });
    client.send({ type: "approve", approval_id, approved: false });
    client.send({ type: "ping" });
    const answers = outcomesOf(await client.readUntil("pong"));
    const isRefused =
      answers.includes("error session_not_found") && answers.includes("error approval_not_found");
    expect([caller, isRefused]).toEqual([caller, caller !== "right"]);
    client.close();
  }
});

/** The requests of the dashboard protocol by their types, and the type of the reply to a user with nothing of its own. */
const DASHBOARD: Readonly<Record<string, { readonly fields: object; readonly reply: string | undefined }>> = {
  "chat.create_session": { fields: {}, reply: "chat.session_created" },
  "chat.send_message": { fields: { message: "hello", streaming: false }, reply: "chat.message_response" },
  "chat.get_history": {
    fields: { sessionId: "chat_1767225600000_abcdefghi" },
    reply: "chat.history_response",
  },
  "chat.list_sessions": { fields: {}, reply: "chat.sessions_listed" },
  ping: { fields: {}, reply: "pong" },
  health_check: { fields: {}, reply: undefined },
  server_info: { fields: {}, reply: undefined },
  list_tools: { fields: {}, reply: undefined },
  mcp_call: { fields: { tool: "none" }, reply: undefined },
  publish_event: { fields: {}, reply: "error" },
  subscribe_events: { fields: {}, reply: "subscription_confirmed" },
};

test.each(Object.entries(DASHBOARD))(
  "dashboard: %s is for callers with an identity.",
  async (type, { fields, reply }) => {
    for (const caller of ["other user", "other organization", "right"] as const) {
      const client = await connect("/ws?userId=row", caller);
      await client.next();
      client.send({ id: "x", type, ...fields });
      expect([caller, await client.next()]).toMatchObject([
        caller,
        { id: "x", ...(reply && { type: reply }) },
      ]);
      client.close();
    }
    const none = await connect("/ws", "none");
    none.send({ id: "x", type, ...fields });
    expect((await none.closed).code).toBe(1008);
    expect(none.frames.map((frame) => frame.type)).toEqual(["auth_error"]);
  },
);

test("dashboard: A session is listed, read and continued by its owner only.", async () => {
  const owner = await connect("/ws?userId=u", "right");
  await owner.next();
  owner.send({ id: "c", type: "chat.create_session", data: { title: "Secret plans" } });
  const { data: created } = (await owner.readUntil("chat.session_created")).at(-1);
  const sessionId = created.sessionId ?? created.id;
  const seen: Record<string, unknown> = {};
  for (const caller of ["other user", "other organization", "right"] as const) {
    const client = await connect("/ws?userId=u", caller);
    await client.next();
    client.send({ id: "l", type: "chat.list_sessions" });
    const { data } = await client.next();
    client.send({ id: "h", type: "chat.get_history", data: { sessionId } });
    const history = await client.next();
    client.send({ id: "m", type: "chat.send_message", data: { message: "hi", sessionId, streaming: false } });
    const { type } = await client.next();
    seen[caller] = [data.sessions.length, history.data.session === null, type];
    client.close();
  }
  expect(seen).toEqual({
    "other user": [0, true, "error"],
    "other organization": [0, true, "error"],
    right: [1, false, "chat.message_response"],
  });
  owner.close();
});

test("dashboard: Every request has a row.", async () => {
  const client = await connect("/ws", "right");
  await client.next();
  client.send({ id: "i", type: "server_info" });
  const { result } = await client.next();
  expect(result.requests.toSorted()).toEqual(Object.keys(DASHBOARD).toSorted());
  client.close();
});

test("completions: A message is for callers with an identity, and opens no session of another.", async () => {
  const { session: chat_id } = matrix.belongings;
  for (const caller of ["other user", "other organization", "right"] as const) {
    const client = await connect("/ws/chat/completions", caller);
    client.send({ question: "hello", session_id: "s", chat_id });
    client.send({ question: "hello", session_id: "s" });
    const [first, ...others] = await client.readUntil("end");
    expect([caller, first?.type, others.at(-1)?.full_text]).toEqual([caller, "error", "Done."]);
    client.close();
  }
  const none = await connect("/ws/chat/completions", "none");
  none.send({ question: "hello", session_id: "s" });
  expect((await none.next()).type).toBe("error");
  expect((await none.closed).code).toBe(1008);
});

/** What the token of a caller gets in a frame: first on a socket without credentials, and on an open socket of the right caller. */
const TOKENS: readonly (readonly [Exclude<CallerName, "none">, first: boolean, later: boolean])[] = [
  ["wrong", false, false],
  ["expired", false, false],
  ["other user", true, false],
  ["other organization", true, false],
  ["wrong role", false, false],
  ["right", true, true],
];

describe.each([
  ["/bedrock-chat/ws", true],
  ["/ws", false],
  ["/ws/chat/completions", true],
] as const)("a token in a frame of %s", (path, acceptsFirstFrame) => {
  const isAccepted = async (client: SocketClient, caller: Exclude<CallerName, "none">) => {
    client.send({ id: "a", type: "auth", token: matrix.tokens[caller] });
    await client.waitUntil(() =>
      client.frames.some(({ type }) => /^(authenticated|(auth_)?error)$/.test(type)),
    );
    return client.frames.some(({ type }) => type === "authenticated");
  };

  test.each(TOKENS)("%s", async (caller, first, later) => {
    const fresh = await connect(path, "none");
    expect(await isAccepted(fresh, caller)).toBe(acceptsFirstFrame && first);
    if (acceptsFirstFrame && first) fresh.close();
    else expect((await fresh.closed).code).toBe(1008);
    const open = await connect(path, "right");
    expect(await isAccepted(open, caller)).toBe(later);
    open.close();
  });
});
