/** Attacks, made as each kind of caller. Each ends in a refusal, reaches neither model nor API, and leaves another user as they were. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { connect as connectMcp, createHttpTransport } from "../protocols/mcp/client.ts";
import {
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, replyWithText, type ScriptedModel } from "../support/scripted-model.ts";

type Headers = Readonly<Record<string, string>>;

interface CallerKind {
  readonly argv: readonly string[];
  /** Returns the headers of a user. */
  readonly headersOf: (user: string) => Headers | Promise<Headers>;
}

const KEYS: Readonly<Record<string, string>> = {
  mallory: "key-of-mallory-012345",
  ada: "key-of-ada-0123456789",
};
const JWT_KEY = "a-key-of-tokens-with-more-than-32-bytes";
const KINDS: Readonly<Record<string, CallerKind>> = {
  "a stranger": { argv: [], headersOf: () => ({}) },
  "an API key": {
    argv: [
      "--api-keys",
      Object.entries(KEYS)
        .map(([name, key]) => `${name}:${key}`)
        .join(","),
    ],
    headersOf: (user) => ({ Authorization: `Bearer ${KEYS[user]}` }),
  },
  "a token": {
    argv: ["--jwt-key", JWT_KEY, "--jwt-audience", "specchat"],
    async headersOf(user) {
      const token = new SignJWT({ sub: user }).setProtectedHeader({ alg: "HS256" }).setAudience("specchat");
      const text = await token.setExpirationTime("5m").sign(new TextEncoder().encode(JWT_KEY));
      return { Authorization: `Bearer ${text}` };
    },
  },
  "a user of a proxy": {
    argv: ["--identity-headers", "user=X-User", "--identity-proxies", "127.0.0.1", "--trusted-proxies", "1"],
    headersOf: (user) => ({ "X-User": user, "X-Forwarded-For": user === "ada" ? "192.0.2.1" : "192.0.2.2" }),
  },
};

const list = <Entry>(count: number, make: (index: number) => Entry) =>
  Array.from({ length: count }, (_, index) => make(index));
const keys = (count: number) => Object.fromEntries(list(count, (index) => [`k${index}`, 1]));
const user = (content: unknown) => ({ role: "user", content });
const completion = (messages: unknown) => ({ model: MODEL, messages });
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const run = (fields: object) => ({
  threadId: "t",
  runId: "r",
  messages: [{ id: "1", ...user("hi") }],
  ...fields,
});

/** Requests of which each is too much, or of the wrong type. */
const REQUESTS: readonly (readonly [string, string, unknown])[] = [
  [
    "12,000 messages",
    "/v1/chat/completions",
    completion(list(12_000, () => ({ role: "assistant", content: "a" }))),
  ],
  ["200,000 parts", "/v1/chat/completions", completion([user(list(200_000, () => ({})))])],
  [
    "12,000 messages of Anthropic",
    "/v1/messages",
    { max_tokens: 9, ...completion(list(12_000, () => user("a"))) },
  ],
  ["12,000 items of a response", "/v1/responses", { model: MODEL, input: list(12_000, () => user("a")) }],
  ["an object with 200,000 keys as message", "/api/v1/chat", { message: keys(200_000) }],
  ["50,000 nested lists", "/api/v1/chat", `{"message":${nested(50_000)}}`],
  ["5 MB of metadata", "/api/v1/sessions", { metadata: { text: "a".repeat(5_000_000) } }],
  ["a thread id of 200,000 characters", "/bedrock-chat/ag-ui", run({ threadId: "t".repeat(200_000) })],
  [
    "2,000 answers",
    "/bedrock-chat/ag-ui",
    run({ resume: list(2000, (index) => ({ interruptId: `${index}`, status: "resolved" })) }),
  ],
  ["an object as session", "/api/agent/stream", { input_text: "hi", session_id: { toString: 1 } }],
  ["a number as message", "/api/chat/message", { message: 5 }],
  ["a list as chat of the AI SDK", "/bedrock-chat/ai", { id: [], messages: [] }],
  ["no JSON", "/v1/chat/completions", "{"],
];

const SMALL = "/api/v1/chat";
const DOCUMENT = {
  openapi: "3.1.0",
  info: { title: "Shop", version: "1" },
  paths: {
    "/things/{id}": {
      get: {
        operationId: "getThing",
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
        responses: {},
      },
    },
  },
};

describe.each(Object.entries(KINDS))("As %s:", (_kind, { argv, headersOf }) => {
  let api: RecordingApi;
  let model: ScriptedModel;
  let specchat: Specchat;
  let mallory: Headers;
  let ada: Headers;
  /** A conversation of ada. */
  let session: string;

  beforeAll(async () => {
    api = await startApi();
    model = createScriptedModel(() => replyWithText("Well."));
    specchat = await startSpecchat({
      argv: ["--spec", "-", "--base-url", api.url, "--model", MODEL, ...argv],
      model,
      ports: {
        io: {
          fetch: () => Promise.reject(new Error("not used")),
          readFile: (path) => Bun.file(path),
          realPath: async (path) => path,
          readStdin: () => new Blob([JSON.stringify(DOCUMENT)]).stream(),
        },
      },
    });
    [mallory, ada] = await Promise.all([headersOf("mallory"), headersOf("ada")]);
    // Without authentication a browser is known by its cookie.
    if (argv.length === 0) ada = { Cookie: await takeCookie() };
    session = await converse();
  });

  afterAll(async () => {
    await specchat.stop();
    await api.stop();
  });

  async function takeCookie(): Promise<string> {
    const response = await fetch(`${specchat.url}/bedrock-chat/ui`);
    return response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(";")[0])
      .join("; ");
  }

  async function converse(): Promise<string> {
    const client = await NativeClient.connect(specchat.url, { ...ada });
    const { session_id } = await client.waitFor("connection_established");
    expect((await client.runTurn("hello")).at(-1)?.type).toBe("ai_response");
    client.close();
    return session_id;
  }

  async function send(path: string, body: unknown, headers: Headers = {}, method = "POST") {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${specchat.url}${path}`, {
      method,
      headers: { "Content-Type": "application/json", ...mallory, ...headers },
      ...(method === "POST" && { body: text }),
    });
    return { status: response.status, text: await response.text() };
  }

  test.each(REQUESTS)("%s is refused briefly.", async (_name, path, body) => {
    const { length } = model.requests;
    const { status, text } = await send(path, body);
    expect([400, 413, 422]).toContain(status);
    expect(text.length).toBeLessThan(2000);
    expect([model.requests.length, api.requests]).toEqual([length, []]);
  });

  test.each([
    [
      "600,000 answers",
      { type: "approve", approval_id: "a", approved: true, tool_call_ids: list(600_000, Number) },
    ],
    ["an object as message", { type: "message", message: keys(1000) }],
    ["a frame without a type", { toString: 1 }],
  ])("A frame with %s gets an error.", async (_name, frame) => {
    const client = await NativeClient.connect(specchat.url, { ...mallory });
    client.send(frame);
    expect((await client.waitFor("error")).code).toBe("bad_frame");
    client.close();
  });

  test("Another user's conversation does not exist: neither to read, continue, export nor delete.", async () => {
    const { length } = model.requests;
    const at = `/bedrock-chat/sessions/${session}`;
    const statuses = [
      (await send(`${at}/export`, "", {}, "GET")).status,
      (await send(at, "", {}, "DELETE")).status,
      (await send(`/api/v1/sessions/${session}`, "", {}, "GET")).status,
      (await send(SMALL, { message: "hi", session_id: session })).status,
    ];
    expect(statuses).toEqual([404, 404, 404, 404]);
    const client = await NativeClient.connect(specchat.url, { ...mallory });
    client.send({ type: "resume", session_id: session, last_seq: 0 });
    expect((await client.waitFor("error")).code).toBe("session_not_found");
    client.close();
    expect(model.requests.length).toBe(length);
    expect((await send(`${at}/export`, "", ada, "GET")).text).toContain("hello");
  });

  test("A made-up cookie gives nobody's identity.", async () => {
    const cookies = [
      "specchat_caller=ada",
      "__Host-specchat_caller=ada.bm90LXNpZ25lZA",
      "specchat_session=x",
    ];
    for (const Cookie of cookies)
      expect((await send(`/bedrock-chat/sessions/${session}/export`, "", { Cookie }, "GET")).status).toBe(
        404,
      );
  });

  test("A page of another site gets nothing done.", async () => {
    const { length } = model.requests;
    const foreign = { Origin: "https://elsewhere.test", "Content-Type": "text/plain" };
    expect((await send(SMALL, { message: "hi" }, foreign)).status).toBe(403);
    expect((await send(SMALL, { message: "hi" }, { Host: "elsewhere.test" })).status).toBe(403);
    expect(model.requests.length).toBe(length);
  });

  test.each(["../admin", "..", "a/../../admin"])("A path argument %p is not sent.", async (id) => {
    const client = await connectMcp(createHttpTransport(specchat.url, { headers: mallory }));
    const { isError } = await client.callTool({ name: "getThing", arguments: { id } });
    await client.close();
    expect([isError, api.requests]).toEqual([true, []]);
  });

  // A stranger is refused nothing for want of credentials.
  if (argv.length === 0) return;

  test("Without credentials, each of these requests is refused as such.", async () => {
    const none = Object.fromEntries(Object.keys(mallory).map((name) => [name, ""]));
    const statuses = [];
    for (const [, path, body] of REQUESTS) statuses.push((await send(path, body, none)).status);
    expect(statuses).toEqual(REQUESTS.map(() => 401));
  });
});

describe.each(Object.entries(KINDS))("The limit of requests, as %s:", (_kind, { argv, headersOf }) => {
  test("no cookie, origin or address that a client makes up gives another one.", async () => {
    const specchat = await startSpecchat({
      argv: ["--model", MODEL, "--rate-limit", "3/hour", ...argv],
      model: createScriptedModel(() => replyWithText("Well.")),
    });
    const own = await headersOf("mallory");
    const { origin } = new URL(specchat.url);
    const statuses = [];
    for (let count = 0; count < 6; count++) {
      const headers = {
        "Content-Type": "application/json",
        // A proxy appends the address that it sees.
        "X-Forwarded-For": `192.0.2.${100 + count}, ${own["X-Forwarded-For"] ?? "192.0.2.9"}`,
        ...(count % 2 === 0 && { Origin: origin }),
        Cookie: `specchat_caller=made-up-${count}`,
      };
      const body = JSON.stringify({ model: MODEL, messages: [user("hi")] });
      const response = await fetch(`${specchat.url}/v1/chat/completions`, {
        method: "POST",
        headers: { ...own, ...headers },
        body,
      });
      await response.text();
      statuses.push(response.status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429, 429]);
    await specchat.stop();
  });
});
