/** A token that expires while a socket is open, in each protocol that has sockets. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithText } from "../support/scripted-model.ts";
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
let specchat: Specchat;
let asked: PromiseWithResolvers<void>;
let answered: PromiseWithResolvers<void>;
let now = Date.now();

beforeAll(async () => {
  issuer = await TokenIssuer.start();
  const model = createScriptedModel(() => {
    asked.resolve();
    return [answered.promise, ...replyWithText("Good morning.")];
  });
  const roles = { defaults: { allow: [] }, roles: { chat: { allow: [] }, none: { protocols: [] } } };
  specchat = await startSpecchat({
    argv: [
      ...issuer.argv,
      ...["--jwt-clock-skew", "0", "--jwt-roles-claim", "roles", "--roles", JSON.stringify(roles)],
    ],
    model,
    ports: { now: () => new Date(now) },
  });
});

afterAll(async () => {
  await specchat.stop();
  await issuer.stop();
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
