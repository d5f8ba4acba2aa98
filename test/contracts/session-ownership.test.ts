/** The ownership of named sessions, when several users reach the server through one proxy. */

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { issueCookie } from "../support/browser-cookie.ts";
import { createBedrockAt, MODEL, type Specchat, startSpecchat } from "../support/harness.ts";
import { type JsonFrame, SocketClient } from "../support/socket-client.ts";

let bedrock: StandIn;
let specchat: Specchat;

beforeEach(async () => {
  bedrock = await startBedrock();
  bedrock.script(() => ({ text: "Well." }));
  specchat = await startSpecchat({ argv: ["--model", MODEL], model: createBedrockAt(bedrock.url) });
});

afterEach(async () => {
  await specchat.stop();
  await bedrock.stop();
});

type Headers = Readonly<Record<string, string>>;

async function post(path: string, body: object, headers: Headers): Promise<Response> {
  const response = await fetch(`${specchat.url}${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers,
  });
  const text = await response.text();
  expect([response.status, text]).toEqual([200, expect.stringContaining("Well.")]);
  return response;
}

/** Sends a message to a session whose name is always the same. */
const SENDERS: Readonly<Record<string, (text: string, headers: Headers) => Promise<Response>>> = {
  agent: (input_text, headers) =>
    post("/api/agent/stream", { input_text, session_id: "chat-1", agent_id: "specchat" }, headers),
  langchain: (message, headers) =>
    post("/api/v1/chat", { message, session_id: "chat-1" }, { "X-User-ID": "ann", ...headers }),
  "ai-sdk": (text, headers) =>
    post(
      "/bedrock-chat/ai",
      { id: "chat-1", messages: [{ id: "1", role: "user", parts: [{ type: "text", text }] }] },
      headers,
    ),
};

/** Returns the user messages of the last model request. */
function userMessages(): readonly string[] {
  const { messages = [] } = (bedrock.requests.at(-1)?.body ?? {}) as { readonly messages?: JsonFrame[] };
  return messages
    .filter(({ role }) => role === "user")
    .flatMap(({ content }) => content.flatMap(({ text }: JsonFrame) => text ?? []));
}

const cookieOf = ({ headers }: Response) => headers.get("set-cookie")?.split(";")[0] ?? "";

describe.each(Object.entries(SENDERS))("%s:", (_name, ask) => {
  test("Browsers are identified by the cookie of the first response.", async () => {
    const browser = { Origin: specchat.url };
    const ann = cookieOf(await ask("I am Ann", browser));
    const ben = cookieOf(await ask("I am Ben", browser));
    expect(ann).toStartWith("specchat_caller=");
    expect(userMessages()).toEqual(["I am Ben"]);
    expect((await ask("Go on", { ...browser, Cookie: ann })).headers.get("set-cookie")).toBeNull();
    expect(userMessages()).toEqual(["I am Ann", "Go on"]);
    await ask("Go on", { ...browser, Cookie: ben });
    expect(userMessages()).toEqual(["I am Ben", "Go on"]);
  });

  test("Clients without cookies are identified by the address that the proxy reports, not by what they claim.", async () => {
    await ask("I am Ann", { "X-Forwarded-For": "192.0.2.1" });
    await ask("I am Ben", { "X-Forwarded-For": "192.0.2.2" });
    expect(userMessages()).toEqual(["I am Ben"]);
    await ask("I am Ann too", { "X-Forwarded-For": "192.0.2.1, 192.0.2.2" });
    expect(userMessages()).toEqual(["I am Ann too"]);
    const again = await ask("Go on", { "X-Forwarded-For": "192.0.2.1" });
    expect(userMessages()).toEqual(["I am Ann", "Go on"]);
    expect(again.headers.get("set-cookie")).toBeNull();
  });

  test("Behind a trusted proxy, addresses that the client adds do not change its identity.", async () => {
    await specchat.stop();
    const argv = ["--model", MODEL, "--trusted-proxies", "1"];
    specchat = await startSpecchat({ argv, model: createBedrockAt(bedrock.url) });
    await ask("I am Ann", { "X-Forwarded-For": "192.0.2.1" });
    await ask("I am Ben", { "X-Forwarded-For": "192.0.2.1, 192.0.2.2" });
    expect(userMessages()).toEqual(["I am Ben"]);
    await ask("Go on", { "X-Forwarded-For": "192.0.2.9, 192.0.2.1", Forwarded: "for=192.0.2.9" });
    expect(userMessages()).toEqual(["I am Ann", "Go on"]);
  });

  test("A page of another site gets no cookie, since its browser would not keep it.", async () => {
    await specchat.stop();
    const argv = ["--model", MODEL, "--allowed-origins", "https://app.example.com"];
    specchat = await startSpecchat({ argv, model: createBedrockAt(bedrock.url) });
    const page = { Origin: "https://app.example.com", "X-Forwarded-For": "192.0.2.1" };
    expect((await ask("I am Ann", page)).headers.get("set-cookie")).toBeNull();
    await ask("Go on", page);
    expect(userMessages()).toEqual(["I am Ann", "Go on"]);
  });
});

describe("A WebSocket", () => {
  /** Returns the names of the cookies that the upgrade sets. */
  async function cookies(path: string, headers: Headers): Promise<readonly string[]> {
    const key = { "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" };
    const response = await fetch(`${specchat.url}${path}`, {
      headers: { Connection: "Upgrade", Upgrade: "websocket", ...key, ...headers },
    });
    expect(response.status).toBe(101);
    return response.headers.getSetCookie().map((cookie) => cookie.split("=")[0] ?? "");
  }

  test.each(["/bedrock-chat/ws", "/ws", "/ws/chat/completions"])(
    "at %s sets a cookie for browsers that keep it.",
    async (path) => {
      await specchat.stop();
      const argv = ["--allowed-origins", "http://localhost:5173,https://app.example.com,http://10.9.0.1"];
      specchat = await startSpecchat({ argv });
      const local = `localhost:${new URL(specchat.url).port}`;
      expect(await cookies(path, { Origin: specchat.url })).toEqual(["specchat_caller"]);
      expect(await cookies(path, { Origin: "http://localhost:5173", Host: local })).toEqual([
        "specchat_caller",
      ]);
      expect(await cookies(path, { Origin: "https://app.example.com" })).toEqual([]);
      expect(await cookies(path, { Origin: "http://10.9.0.1" })).toEqual([]);
      expect(await cookies(path, {})).toEqual([]);
    },
  );

  test("of the dashboard protocol lists the sessions of a user name only to clients at the same address.", async () => {
    async function listed(address: string): Promise<readonly string[]> {
      const client = await SocketClient.connect(specchat.url, "/ws?userId=ann", {
        "X-Forwarded-For": address,
      });
      client.send({ id: "1", type: "chat.create_session", data: { title: `of ${address}` } });
      client.send({ id: "2", type: "chat.list_sessions" });
      const frames = await client.readUntil("chat.sessions_listed");
      client.terminate();
      return frames.at(-1).data.sessions.map(({ title }: JsonFrame) => title);
    }
    expect(await listed("192.0.2.1")).toEqual(["of 192.0.2.1"]);
    expect(await listed("192.0.2.2")).toEqual(["of 192.0.2.2"]);
    expect(await listed("192.0.2.1")).toEqual(["of 192.0.2.1", "of 192.0.2.1"]);
  });

  test("of the completions protocol continues a chat only for the same browser or the same address.", async () => {
    async function ask(question: string, headers: Headers): Promise<void> {
      const client = await SocketClient.connect(specchat.url, "/ws/chat/completions", headers);
      client.send({ question, session_id: "s", chat_id: "chat-1", user_id: "ann" });
      await client.readUntil("end");
      client.terminate();
    }
    await ask("I am Ann", { Cookie: await issueCookie(specchat.url) });
    await ask("I am Ben", { Cookie: await issueCookie(specchat.url) });
    expect(userMessages()).toEqual(["I am Ben"]);
    await ask("I am Eve", { "X-Forwarded-For": "192.0.2.3" });
    expect(userMessages()).toEqual(["I am Eve"]);
    await ask("Go on", { "X-Forwarded-For": "192.0.2.3" });
    expect(userMessages()).toEqual(["I am Eve", "Go on"]);
  });
});
