/** A token that expires while a socket is open, in each protocol that has sockets. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";
import { type JsonFrame, SocketClient } from "../support/socket-client.ts";
import { TokenIssuer } from "../support/token-issuer.ts";

/** What a protocol says. `end` is the last frame of a turn, `refusal` the answer to a frame after the end of the token. */
interface Words {
  readonly path: string;
  /** The first frame of the server. */
  readonly greeting?: string;
  readonly message: (text: string) => object;
  readonly auth: (token: string) => object;
  readonly end: { readonly type: string; readonly text: (frame: JsonFrame) => string };
  readonly accepted: object;
  readonly refusal: (message: string) => { readonly type: string };
}

const NATIVE: Words = {
  path: "/bedrock-chat/ws",
  greeting: "connection_established",
  message: (message) => ({ type: "message", message }),
  auth: (token) => ({ type: "auth", token }),
  end: { type: "ai_response", text: ({ message }) => message },
  accepted: { type: "authenticated" },
  refusal: (message) => ({
    type: "error",
    code: "unauthorized",
    message,
    retryable: false,
    reauthenticate: true,
  }),
};

const COMPLETIONS: Words = {
  path: "/ws/chat/completions",
  message: (question) => ({ question, user_id: "u", chat_id: "c", session_id: "s" }),
  auth: (token) => ({ type: "auth", token }),
  end: { type: "end", text: ({ full_text }) => full_text },
  accepted: { type: "authenticated" },
  refusal: (message) => ({ type: "error", message, reauthenticate: true }),
};

const DASHBOARD: Words = {
  path: "/ws?userId=u",
  greeting: "initial_data",
  message: (message) => ({ id: 1, type: "chat.send_message", data: { message, streaming: false } }),
  auth: (token) => ({ id: 1, type: "auth", token }),
  end: { type: "chat.message_response", text: ({ data }) => data.message.content },
  accepted: { id: 1, type: "authenticated" },
  refusal: (message) => ({
    id: 1,
    type: "auth_error",
    error: {
      message,
      code: "AUTH_FAILED",
      category: "authentication",
      shouldRetry: false,
      reauthenticate: true,
    },
  }),
};

const ENDED = "Your sign-in has ended. Please sign in again.";
const OTHER_USER = "This connection belongs to another user. Open a new one.";

let issuer: TokenIssuer;
let api: RecordingApi;
let specchat: Specchat;
let asked: PromiseWithResolvers<void>;
let answered: PromiseWithResolvers<void>;
let now = Date.now();

beforeAll(async () => {
  [issuer, api] = await Promise.all([TokenIssuer.start(), startApi()]);
  const model = createScriptedModel(({ messages }) => {
    if (JSON.stringify(messages.at(-1)).includes("Change."))
      return replyWithCalls(["c1", "createThing", { name: "x" }]);
    asked.resolve();
    return [answered.promise, ...replyWithText("Good morning.")];
  });
  const roles = {
    defaults: { allow: ["*"] },
    roles: { none: { protocols: [] }, reader: { allow: ["GET *"] } },
  };
  specchat = await startSpecchat({
    argv: [
      ...["--spec", api.spec, "--base-url", api.url, ...issuer.argv],
      ...["--jwt-clock-skew", "0", "--jwt-roles-claim", "roles", "--roles", JSON.stringify(roles)],
    ],
    model,
    ports: { now: () => new Date(now) },
  });
});

afterAll(async () => {
  await specchat.stop();
  await Promise.all([issuer.stop(), api.stop()]);
});

/** Signs a token that lasts a minute of the server's clock. */
function sign(claims: object = {}): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return issuer.sign({ iat: seconds, exp: seconds + 60, ...claims });
}

describe.each([
  ["native", NATIVE],
  ["completions", COMPLETIONS],
  ["dashboard", DASHBOARD],
] as const)("%s", (_, { path, greeting, message, auth, end, accepted, refusal }) => {
  test("The turn ends as usual, the next frame is refused, and only a token of the same user continues.", async () => {
    asked = Promise.withResolvers();
    answered = Promise.withResolvers();
    const client = await SocketClient.connect(specchat.url, path, {
      Authorization: `Bearer ${await sign()}`,
    });
    if (greeting) expect((await client.next()).type).toBe(greeting);
    client.send(message("hello"));
    await asked.promise;
    now += 61_000;
    client.send(message("too late"));
    const refused = refusal(ENDED);
    expect((await client.readUntil(refused.type)).at(-1)).toEqual(refused);
    answered.resolve();
    expect(end.text((await client.readUntil(end.type)).at(-1))).toBe("Good morning.");

    client.send(auth(await sign({ sub: "bob" })));
    expect(await client.next()).toEqual(refusal(OTHER_USER));
    client.send(auth(await sign({ exp: Math.floor(now / 1000) - 1 })));
    expect(await client.next()).toEqual(refusal("The token has expired."));
    client.send(message("still too late"));
    expect(await client.next()).toEqual(refusal(ENDED));

    client.send(auth(await sign()));
    expect(await client.next()).toEqual(accepted);
    client.send(message("hello again"));
    expect(end.text((await client.readUntil(end.type)).at(-1))).toBe("Good morning.");
    client.close();
  });

  test("A new token whose roles do not allow the protocol is refused.", async () => {
    const client = await SocketClient.connect(specchat.url, path, {
      Authorization: `Bearer ${await sign()}`,
    });
    if (greeting) await client.next();
    client.send(auth(await sign({ roles: ["none"] })));
    expect(JSON.stringify(await client.next())).toContain("Your roles do not allow this protocol.");
    client.close();
  });
});

test.each([
  ["native", NATIVE],
  ["completions", COMPLETIONS],
] as const)(
  "A first frame of %s with a token of roles without the protocol closes the socket.",
  async (_, words) => {
    const client = await SocketClient.connect(specchat.url, words.path);
    client.send(words.auth(await sign({ roles: ["none"] })));
    expect(JSON.stringify(await client.next())).toContain("Your roles do not allow this protocol.");
    expect(await client.closed).toEqual({ code: 1008, reason: "Authentication failed" });
  },
);

describe("a call that waits for approval when the token expires", () => {
  const bearer = async (claims: object = {}) => ({ Authorization: `Bearer ${await sign(claims)}` });

  /** Returns the approval of a call, and its session. */
  async function askForCall(client: NativeClient) {
    answered = Promise.withResolvers();
    answered.resolve();
    client.send({ type: "hello", capabilities: ["approval"] });
    const { session_id } = await client.waitFor("connection_established");
    client.send({ message: "Change." });
    const { approval_id } = await client.waitFor("approval_request");
    return { session_id, approve: { type: "approve", approval_id, approved: true } };
  }

  const posts = () => api.requests.filter((line) => line.startsWith("POST")).length;

  test("is decided after a new token of the same user, once.", async () => {
    const before = posts();
    const client = await NativeClient.connect(specchat.url, await bearer());
    const { approve } = await askForCall(client);
    now += 61_000;
    client.send(approve);
    expect(await client.waitFor("error")).toEqual(NATIVE.refusal(ENDED) as never);
    expect(posts()).toBe(before);
    client.send({ type: "auth", token: await sign() });
    client.send(approve);
    expect((await client.waitFor("ai_response")).message).toBe("Good morning.");
    expect(posts()).toBe(before + 1);
    client.close();
  });

  test("is neither resumed with the old token nor by another user, and is with a new one.", async () => {
    const before = posts();
    const old = await bearer();
    const first = await NativeClient.connect(specchat.url, old);
    const { session_id, approve } = await askForCall(first);
    first.close();
    now += 61_000;
    expect(NativeClient.connect(specchat.url, old)).rejects.toThrow("cannot connect");
    const page = await NativeClient.connect(specchat.url, { ...old, Origin: specchat.url });
    expect(await page.waitFor("error")).toMatchObject({ code: "unauthorized", reauthenticate: true });
    page.send({ type: "auth", token: await sign({ sub: "bob" }) });
    page.send({ type: "resume", session_id, last_seq: 0, snapshot: true });
    expect((await page.waitFor("error")).code).toBe("session_not_found");
    page.close();
    const again = await NativeClient.connect(specchat.url, await bearer());
    again.send({ type: "resume", session_id, last_seq: 0, snapshot: true });
    expect((await again.waitFor("snapshot")).approvals).toHaveLength(1);
    again.send(approve);
    expect((await again.waitFor("ai_response")).message).toBe("Good morning.");
    expect(posts()).toBe(before + 1);
    again.close();
  });

  test("is not sent when the roles of the new token forbid it.", async () => {
    const before = posts();
    const client = await NativeClient.connect(specchat.url, await bearer());
    const { approve } = await askForCall(client);
    now += 61_000;
    client.send({ type: "auth", token: await sign({ roles: ["reader"] }) });
    client.send(approve);
    await client.waitFor("ai_response");
    expect(posts()).toBe(before);
    client.close();
  });
});
