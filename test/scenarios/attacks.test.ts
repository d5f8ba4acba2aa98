/** Attacks, made as each kind of caller. Each ends in a refusal, reaches neither model nor API, and leaves another user as they were. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseLimits } from "../../src/config/limits.ts";
import { readEvents } from "../contracts/events.ts";
import { connect as connectMcp, createHttpTransport } from "../protocols/mcp/client.ts";
import {
  type AttackedServer,
  CALLER_KINDS,
  type Headers,
  startAttackedServers,
} from "../support/attackers.ts";
import { MODEL, NativeClient } from "../support/harness.ts";
import { SocketClient } from "../support/socket-client.ts";

const list = <Entry>(count: number, make: (index: number) => Entry) =>
  Array.from({ length: count }, (_, index) => make(index));
const keys = (count: number) => Object.fromEntries(list(count, (index) => [`k${index}`, 1]));
const user = (content: unknown) => ({ role: "user", content });
const completion = (messages: unknown, more: object = {}) => ({ model: MODEL, messages, ...more });
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const run = (fields: object) => ({
  threadId: "t",
  runId: "r",
  messages: [{ id: "1", ...user("hi") }],
  ...fields,
});
const toolCall = (index: number) => ({
  id: `call_${index}`,
  type: "function",
  function: { name: "a", arguments: "{}" },
});
const PICTURE = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
const COMPLETIONS = "/v1/chat/completions";
const SMALL = "/api/v1/chat";

/** Requests of which each is too much, or of the wrong type. */
const REQUESTS: readonly (readonly [string, string, unknown])[] = [
  ["12,000 messages", COMPLETIONS, completion(list(12_000, () => ({ role: "assistant", content: "a" })))],
  ["200,000 parts", COMPLETIONS, completion([user(list(200_000, () => ({})))])],
  ["600 pictures", COMPLETIONS, completion(list(600, () => user([PICTURE])))],
  ["7,000 tool calls", COMPLETIONS, completion([{ role: "assistant", tool_calls: list(7000, toolCall) }])],
  ["1,000 tools", COMPLETIONS, completion([user("hi")], { tools: list(1000, () => ({})) })],
  [
    "12,000 messages of Anthropic",
    "/v1/messages",
    { max_tokens: 9, ...completion(list(12_000, () => user("a"))) },
  ],
  ["12,000 items of a response", "/v1/responses", { model: MODEL, input: list(12_000, () => user("a")) }],
  ["an object with 200,000 keys as message", SMALL, { message: keys(200_000) }],
  ["50,000 nested lists", SMALL, `{"message":${nested(50_000)}}`],
  ["a message of 20 MB", SMALL, { message: "a".repeat(20_000_000) }],
  ["an object as session", SMALL, { message: "hi", session_id: { toString: 1 } }],
  ["5 MB of metadata", "/api/v1/sessions", { metadata: { text: "a".repeat(5_000_000) } }],
  ["200 levels of metadata", "/api/v1/sessions", `{"metadata":{"a":${nested(200)}}}`],
  ["a thread id of 200,000 characters", "/bedrock-chat/ag-ui", run({ threadId: "t".repeat(200_000) })],
  [
    "2,000 answers",
    "/bedrock-chat/ag-ui",
    run({ resume: list(2000, (index) => ({ interruptId: `${index}`, status: "resolved" })) }),
  ],
  [
    "an object as session of an agent",
    "/api/agent/stream",
    { input_text: "hi", session_id: { toString: 1 } },
  ],
  ["a number as message", "/api/chat/message", { message: 5 }],
  ["a list as chat of the AI SDK", "/bedrock-chat/ai", { id: [], messages: [] }],
  [
    "a batch of 100,000 messages of MCP",
    "/mcp",
    list(100_000, (id) => ({ jsonrpc: "2.0", id, method: "ping" })),
  ],
  ["no JSON", COMPLETIONS, "{"],
];

const FRAMES: readonly (readonly [string, string, unknown, RegExp])[] = [
  [
    "600,000 answers",
    "/bedrock-chat/ws",
    { type: "approve", approval_id: "a", approved: true, tool_call_ids: list(600_000, Number) },
    /bad_frame/,
  ],
  ["an object as message", "/bedrock-chat/ws", { type: "message", message: keys(1000) }, /bad_frame/],
  ["no type", "/bedrock-chat/ws", { toString: 1 }, /bad_frame/],
  ["an approval that nobody asked for", "/bedrock-chat/ws", approve("a"), /approval_not_found/],
  ["an object as session", "/bedrock-chat/ws", { type: "resume", session_id: {}, last_seq: 0 }, /bad_frame/],
  ["a tool without a name", "/ws", { id: "1", type: "mcp_call", tool: { toString: 1 } }, /error/],
  ["an object as question", "/ws/chat/completions", { question: keys(1000), session_id: "s" }, /error/],
];

function approve(approval_id: string) {
  return { type: "approve", approval_id, approved: true };
}

let servers: Awaited<ReturnType<typeof startAttackedServers>>;
beforeAll(async () => {
  servers = await startAttackedServers();
});
afterAll(async () => {
  await Promise.all([servers.open.stop(), servers.known.stop()]);
});

describe.each(Object.entries(CALLER_KINDS))("As %s:", (_kind, { isKnown, headersOf, forgeries }) => {
  let server: AttackedServer;
  let url: string;
  let mallory: Headers;
  let ada: Headers;
  /** A conversation of ada, and a call in another one that waits for approval. */
  let session: string;
  let approval: string;
  let request: string;

  beforeAll(async () => {
    server = isKnown ? servers.known : servers.open;
    url = server.specchat.url;
    [mallory, ada] = await Promise.all([headersOf("mallory", url), headersOf("ada", url)]);
    const client = await NativeClient.connect(url, { ...ada });
    session = (await client.waitFor("connection_established")).session_id;
    expect((await client.runTurn("hello")).at(-1)?.type).toBe("ai_response");
    client.close();
    const waiting = await NativeClient.connect(url, { ...ada });
    waiting.send({ type: "hello", capabilities: ["approval"] });
    waiting.send({ message: "Change." });
    approval = (await waiting.waitFor("approval_request")).approval_id;
    waiting.close();
    request = await openRequest();
  });

  /** Returns the id of an approval of ada over HTTP. */
  async function openRequest(): Promise<string> {
    const stream = await fetch(`${url}/api/v1/chat/stream`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...ada },
      body: JSON.stringify({ message: "Change.", session_id: "waiting" }),
    });
    // The stream stays open: it waits for the decision.
    const events = readEvents(stream)[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await events.next();
      if (done) throw new Error("the stream ended without a question");
      if (value.event === "approval_request") return value.data.approval_id;
    }
  }

  async function send(path: string, body: unknown, headers: Headers = {}, method = "POST") {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { "Content-Type": "application/json", ...mallory, ...headers },
      ...(method !== "GET" && { body: text }),
    });
    return { status: response.status, text: await response.text() };
  }

  /** Runs an attack, after which neither model nor API has got a request. */
  async function attack<Result>(work: () => Promise<Result>): Promise<Result> {
    const { model, api } = server;
    const before = [model.requests.length, api.requests.length];
    const result = await work();
    expect([model.requests.length, api.requests.length]).toEqual(before);
    return result;
  }

  test.each(REQUESTS)("%s is refused briefly.", async (_name, path, body) => {
    const { status, text } = await attack(() => send(path, body));
    expect([400, 413, 422]).toContain(status);
    expect(text.length).toBeLessThan(2000);
  });

  test.each(FRAMES)("A frame with %s gets an error.", async (_name, path, frame, expected) => {
    const client = await SocketClient.connect(url, path, { ...mallory });
    await attack(async () => {
      client.send(frame);
      await client.waitUntil(() => client.frames.some((answer) => expected.test(JSON.stringify(answer))));
    });
    client.terminate();
  });

  test("Another user's conversation does not exist: neither to read, continue, change nor delete.", async () => {
    const at = `/bedrock-chat/sessions/${session}`;
    const attempts = [
      ["GET", at],
      ["GET", `${at}/export`],
      ["GET", `${at}/calls/c1/result`],
      ["GET", `${at}/calls/c1/request`],
      ["PATCH", at, { title: "Mine" }],
      ["PUT", `${at}/feedback`, { message_id: "m", rating: "up" }],
      ["POST", `${at}/stop`, {}],
      ["POST", `${at}/branches`, { before: "m" }],
      ["DELETE", at],
      ["GET", `/api/v1/sessions/${session}`],
      ["DELETE", `/api/v1/sessions/${session}`],
      ["POST", SMALL, { message: "hi", session_id: session }],
      ["POST", "/api/v1/chat/stream", { message: "hi", session_id: session }],
    ] as const;
    await attack(async () => {
      for (const [method, path, body = {}] of attempts)
        expect([method, path, (await send(path, body, {}, method)).status]).toEqual([method, path, 404]);
      const client = await NativeClient.connect(url, { ...mallory });
      client.send({ type: "resume", session_id: session, last_seq: 0 });
      expect((await client.waitFor("error")).code).toBe("session_not_found");
      client.close();
    });
    expect((await send(`${at}/export`, "", ada, "GET")).text).toContain("hello");
  });

  test("Another user's approval does not exist, over any protocol.", async () => {
    await attack(async () => {
      for (const part of ["", "/approve", "/reject", "/cancel"]) {
        const path = `/api/v1/approvals/${request}${part}`;
        expect([part, (await send(path, {}, {}, part === "" ? "GET" : "POST")).status]).toEqual([part, 404]);
      }
      const client = await NativeClient.connect(url, { ...mallory });
      client.send(approve(approval));
      expect((await client.waitFor("error")).code).toBe("approval_not_found");
      client.close();
    });
    expect((await send(`/api/v1/approvals/${request}`, "", ada, "GET")).text).toContain('"pending"');
  });

  test("What was approved once is sent once, also for an answer under another thread.", async () => {
    const start = run({ threadId: "once", messages: [{ id: "1", ...user("Change.") }] });
    const asked = await send("/bedrock-chat/ag-ui", start);
    const [, interruptId] = /"interrupts?":\[\{"id":"([^"]+)"/.exec(asked.text) ?? [];
    expect(interruptId).toBeDefined();
    const resume = [{ interruptId, status: "resolved", payload: { approved: true } }];
    const call = {
      id: "2",
      role: "assistant",
      content: "",
      toolCalls: [{ ...toolCall(0), id: "c1", function: { name: "createThing", arguments: '{"name":"x"}' } }],
    };
    const messages = [...start.messages, call];
    const before = server.api.requests.length;
    for (const threadId of ["once", "again", "once"])
      await send("/bedrock-chat/ag-ui", run({ threadId, messages, resume }));
    expect(server.api.requests.slice(before)).toEqual(['POST /things {"name":"x"}']);
  });

  test("Nothing that a client makes up is another user's identity.", async () => {
    for (const forged of await forgeries(ada, url)) {
      const none = Object.fromEntries(Object.keys(mallory).map((name) => [name, ""]));
      const { status } = await attack(() =>
        send(`/bedrock-chat/sessions/${session}/export`, "", { ...none, ...forged }, "GET"),
      );
      expect([forged, status]).toEqual([forged, isKnown ? 401 : 404]);
    }
  });

  test("A page of another site gets nothing done.", async () => {
    const foreign = { Origin: "https://elsewhere.test", "Content-Type": "text/plain" };
    await attack(async () => {
      expect((await send(SMALL, { message: "hi" }, foreign)).status).toBe(403);
      expect((await send(SMALL, { message: "hi" }, { Host: "elsewhere.test" })).status).toBe(403);
      expect((await send("/bedrock-chat/sessions", "", { Origin: "null" }, "GET")).status).toBe(403);
      expect((await send("/mcp", { jsonrpc: "2.0", id: 1, method: "ping" }, foreign)).status).toBe(403);
    });
    for (const path of ["/bedrock-chat/ws", "/ws", "/ws/chat/completions"])
      expect(
        SocketClient.connect(url, path, { ...mallory, Origin: "https://elsewhere.test" }),
      ).rejects.toThrow();
  });

  test.each(["../admin", "..", "a/../../admin"])("A path argument %p is not sent.", async (id) => {
    await attack(async () => {
      const client = await connectMcp(createHttpTransport(url, { headers: mallory }));
      const { isError } = await client.callTool({ name: "getThing", arguments: { id } });
      await client.close();
      expect(isError).toBe(true);
    });
  });

  test("No cookie, origin or address that a client makes up gives another limit, and everything that costs counts.", async () => {
    const { limits } = server.specchat.app;
    const none = { caller: [], key: [], organization: [], address: [], server: [], failures: [] };
    const { origin } = new URL(url);
    const mcp = await connectMcp(createHttpTransport(url, { headers: mallory }));
    limits.replace({ ...none, caller: parseLimits("4/hour") });
    const outcomes: unknown[] = [];
    for (let count = 0; count < 6; count++) {
      const headers = {
        // A proxy appends the address that it sees.
        "X-Forwarded-For": `192.0.2.${100 + count}, ${mallory["X-Forwarded-For"] ?? "192.0.2.99"}`,
        ...(count % 2 === 0 && { Origin: origin }),
        Cookie: [mallory.Cookie, `specchat_caller=made-up-${count}`].filter(Boolean).join("; "),
      };
      if (count % 3 === 2) {
        const { isError, content } = await mcp.callTool({ name: "listThings", arguments: {} });
        outcomes.push(isError === true && JSON.stringify(content).includes("Rate limit"));
      } else
        outcomes.push(
          (
            await send(
              count === 0 ? "/api/v1/sessions" : COMPLETIONS,
              count === 0 ? {} : completion([user("hi")]),
              headers,
            )
          ).status,
        );
    }
    await mcp.close();
    limits.replace(none);
    expect(outcomes).toEqual([201, 200, false, 200, 429, true]);
  });

  // A stranger is refused nothing for want of credentials.
  if (!isKnown) return;

  test("Without credentials, each of these requests is refused as such.", async () => {
    const none = Object.fromEntries(Object.keys(mallory).map((name) => [name, ""]));
    const statuses = [];
    for (const [, path, body] of REQUESTS) statuses.push((await send(path, body, none)).status);
    expect(statuses).toEqual(REQUESTS.map(() => 401));
  });
});
