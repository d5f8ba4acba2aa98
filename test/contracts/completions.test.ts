/** The completions protocol: a real server and WebSocket, the Bedrock stand-in. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { ACCESS_DENIED, type StandIn, startBedrock } from "../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  type RecordingApi,
  type Specchat,
  type StartOptions,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { SocketClient } from "../support/socket-client.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;
let client: SocketClient;

beforeEach(async () => {
  bedrock = await startBedrock({ region: "us-west-2" });
  api = await startApi();
});

afterEach(async () => {
  client.close();
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

const PATH = "/ws/chat/completions";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const connect = () => SocketClient.connect(specchat.url, PATH);

async function start({ argv = [], environment = {}, ...options }: StartOptions = {}): Promise<void> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, ...argv],
    environment: { BEDROCK_MODEL_ID: MODEL, AWS_REGION: "us-west-2", ...environment },
    model: createBedrockAt(bedrock.url, 20_000, "us-west-2"),
    ...options,
  });
  client = await connect();
}

/** Sends a message and returns all frames of its reply. */
async function ask(question: string, fields: object = { session_id: "sessao-teste-1" }) {
  client.send({ question, ...fields });
  return await client.readUntil("end", "error");
}

/** Returns the texts of the n-th model request, by role. */
function sent(index: number): string[] {
  const messages = (bedrock.requests[index]?.body.messages ?? []) as {
    role: string;
    content: { text?: string }[];
  }[];
  return messages.map(({ role, content }) => `${role}: ${content.map(({ text }) => text ?? "").join("")}`);
}

test("D1, D3 The reply is start, tokens, and end with their complete text.", async () => {
  await start();
  bedrock.script([
    {
      text: ["LangChain", " é um framework"],
      usage: { inputTokens: 12, outputTokens: 3, cacheWriteInputTokens: 0 },
    },
  ]);
  expect(await ask("Explique...")).toEqual([
    { type: "start", session_id: "sessao-teste-1" },
    { type: "token", text: "LangChain" },
    { type: "token", text: " é um framework" },
    {
      type: "end",
      session_id: "sessao-teste-1",
      usage: { input_tokens: 12, output_tokens: 3, total_tokens: 15 },
      full_text: "LangChain é um framework",
    },
  ]);
});

test("D2 start is sent before the model replies.", async () => {
  await start();
  const answer = Promise.withResolvers<void>();
  bedrock.script([{ text: ["Hi"], beforeEvent: () => answer.promise }]);
  client.send({ question: "hi", session_id: "s" });
  expect(await client.next()).toEqual({ type: "start", session_id: "s" });
  answer.resolve();
  expect((await client.readUntil("end")).at(-1).full_text).toBe("Hi");
});

test("D3 No token is empty, and full_text joins them all, also across tool calls.", async () => {
  await start();
  bedrock.script([
    { text: ["Let me", " look."], calls: [{ name: "getThing", input: { id: "7" } }] },
    { text: ["Voilà", " 😀"] },
  ]);
  const frames = await ask("?");
  const texts = frames.filter(({ type }) => type === "token").map(({ text }) => text);
  expect(texts).not.toContain("");
  expect([frames.at(-1).full_text, texts.join("")]).toEqual([
    "Let me look.\n\nVoilà 😀",
    "Let me look.\n\nVoilà 😀",
  ]);
  expect(api.requests).toEqual(["GET /things/7"]);
});

test("D4 A session has its history, and another session on the same socket does not see it.", async () => {
  await start();
  bedrock.script([{ text: "One" }, { text: "Two" }, { text: "Three" }]);
  await ask("first");
  await ask("second");
  await ask("other", { session_id: "sessao-teste-2" });
  expect([sent(1), sent(2)]).toEqual([["user: first", "assistant: One", "user: second"], ["user: other"]]);
});

test("D5 The history ends with the socket.", async () => {
  await start();
  bedrock.script([{ text: "One" }, { text: "Two" }]);
  await ask("first");
  client.close();
  await client.closed;
  client = await connect();
  await ask("second");
  expect(sent(1)).toEqual(["user: second"]);
});

test("D5 Two sockets that name the same session have separate sessions.", async () => {
  await start();
  bedrock.script([{ text: "One" }, { text: "Two" }]);
  await ask("first");
  const other = await connect();
  other.send({ question: "second", session_id: "sessao-teste-1" });
  await other.readUntil("end");
  expect(sent(1)).toEqual(["user: second"]);
  other.close();
});

test("D6 A page reload closes the connection to the model, ends the sessions, and is logged.", async () => {
  await start();
  bedrock.script([
    { text: ["Once", " upon"], beforeEvent: (index) => (index === 2 ? new Promise(() => {}) : undefined) },
    { text: "Hello" },
  ]);
  client.send({ question: "a story", session_id: "s" });
  await client.readUntil("token");
  client.terminate();
  expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
  expect(specchat.log.filter((line) => line.includes("sessions ended"))).toEqual([
    expect.stringContaining("sessions=1"),
  ]);
  expect((await fetch(`${specchat.url}/health`)).status).toBe(200);
  client = await connect();
  expect((await ask("hi")).at(-1).full_text).toBe("Hello");
  const [id] = await Array.fromAsync(specchat.app.store.ids());
  const stored = id && (await specchat.app.store.read(id));
  expect(JSON.stringify(stored)).toContain("Once");
});

test("D7 Messages sent back to back get their replies in order, also across sessions.", async () => {
  await start();
  const first = Promise.withResolvers<void>();
  bedrock.script((request) => {
    const messages = JSON.stringify(request.body.messages);
    return messages.includes("slow")
      ? { text: ["S", "low"], beforeEvent: () => first.promise }
      : { text: ["Qu", "ick"] };
  });
  client.send({ question: "slow", session_id: "a" });
  client.send({ question: "quick", session_id: "b" });
  client.send({ question: "again", session_id: "a" });
  // The second turn does not wait for the first.
  while (bedrock.requests.length < 2) await Bun.sleep(1);
  first.resolve();
  await client.waitUntil(() => client.frames.filter(({ type }) => type === "end").length === 3);
  expect(client.frames.map(({ type, session_id, text }) => text ?? `${type} ${session_id}`)).toEqual([
    ...["start a", "S", "low", "end a"],
    ...["start b", "Qu", "ick", "end b"],
    ...["start a", "S", "low", "end a"],
  ]);
});

describe("D8 An invalid frame gets one error:", () => {
  const frames = ["{bad", '""', "[1]", '"x"', "null", new Uint8Array([1, 2])] as const;

  test.each(frames)("%p leaves the socket usable.", async (frame) => {
    await start();
    bedrock.script([{ text: "Hello" }]);
    client.send(frame);
    expect(await client.next()).toEqual({ type: "error", message: expect.stringMatching(/\w/) });
    expect((await ask("hi")).at(-1).full_text).toBe("Hello");
  });

  test.each(frames)("%p closes the socket with 1000 under --completions-strict.", async (frame) => {
    await start({ argv: ["--completions-strict"] });
    client.send(frame);
    expect(await client.next()).toEqual({ type: "error", message: expect.stringMatching(/\w/) });
    expect((await client.closed).code).toBe(1000);
  });
});

describe("D9, D10 An invalid message gets an error that names the field:", () => {
  test.each([
    ["question", { session_id: "s" }],
    ["question", { question: 5, session_id: "s" }],
    ["session_id", { question: "hi", session_id: 5 }],
    ["session_id", { question: "hi" }],
    ["question", { question: "", session_id: "s" }],
    ["question", { question: "  ", session_id: "s" }],
  ])("%s in %j", async (field, frame) => {
    await start();
    client.send(frame);
    expect(await client.next()).toEqual({
      type: "error",
      message: expect.stringMatching(new RegExp(`^${field}: `)),
    });
    expect(bedrock.requests).toEqual([]);
  });
});

test("D10 Unknown fields are ignored.", async () => {
  await start();
  bedrock.script([{ text: "Hello" }]);
  expect((await ask("hi", { session_id: "s", more: { than: "this" } })).at(-1).full_text).toBe("Hello");
});

describe("D11 A client that names a user", () => {
  test("gets a session and a chat, named in start and end.", async () => {
    await start();
    bedrock.script([{ text: "Hello" }]);
    const [started, , ended] = await ask("hi", { user_id: "u" });
    const ids = { session_id: expect.stringMatching(UUID), chat_id: expect.stringMatching(UUID) };
    expect([started, ended]).toMatchObject([{ type: "start", ...ids }, { type: "end" }]);
    expect([ended.session_id, ended.chat_id]).toEqual([started.session_id, started.chat_id]);
  });

  test("continues its chat over another socket, and no other user can.", async () => {
    await start();
    bedrock.script([{ text: "One" }, { text: "Two" }, { text: "Three" }]);
    const [{ chat_id }] = await ask("first", { user_id: "u" });
    client.close();
    client = await connect();
    expect((await ask("second", { user_id: "u", session_id: "s", chat_id })).at(-1)).toMatchObject({
      session_id: "s",
      chat_id,
      full_text: "Two",
    });
    expect(sent(1)).toEqual(["user: first", "assistant: One", "user: second"]);
    for (const user of [{ user_id: "other" }, {}])
      expect(await ask("third", { ...user, chat_id })).toEqual([
        { type: "error", message: "There is no such conversation." },
      ]);
  });

  test("may name the chat itself.", async () => {
    await start();
    bedrock.script([{ text: "One" }, { text: "Two" }, { text: "Three" }]);
    await ask("first", { user_id: "u", chat_id: "mine" });
    await ask("second", { user_id: "u", chat_id: "mine" });
    await ask("other", { user_id: "v", chat_id: "mine" });
    expect([sent(1).length, sent(2)]).toEqual([3, ["user: other"]]);
  });
});

test("D12 A model error is start and a readable error, and the next message works.", async () => {
  await start();
  bedrock.script([ACCESS_DENIED, { text: "Hello" }]);
  expect(await ask("hi")).toEqual([
    { type: "start", session_id: "sessao-teste-1" },
    { type: "error", message: "I don't have access to that model. Please contact support." },
  ]);
  expect((await ask("hi")).at(-1).full_text).toBe("Hello");
});

test("D13 A broken reply is start, its text so far, and an error.", async () => {
  await start();
  bedrock.script([{ text: ["So", " far"], fault: { after: 2, kind: "reset" } }]);
  const frames = await ask("hi");
  expect(frames.map(({ type }) => type)).toEqual(["start", "token", "error"]);
});

test("D14 A turn fails after sixty seconds of silence from the model.", async () => {
  await start({
    ports: { sleep: (ms, signal) => (ms === 60_000 ? untilModelIsAsked(signal) : Bun.sleep(ms)) },
  });
  bedrock.script([{ hang: true }, { text: "Hello" }]);
  expect(await ask("hi")).toEqual([
    { type: "start", session_id: "sessao-teste-1" },
    { type: "error", message: "Timeout: there was no answer for 60 s." },
  ]);
  expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
});

/** Lets sixty seconds pass once the model has been called, and only once. */
async function untilModelIsAsked(signal: AbortSignal): Promise<void> {
  while (bedrock.requests.length === 0 && !signal.aborted) await Bun.sleep(1);
  if (signal.aborted) await new Promise(() => {});
}

test("D15 The environment sets system prompt, temperature, model and region.", async () => {
  await start({ environment: { TEMPERATURE: "0.3", BEDROCK_SYSTEM_PROMPT: "Seja direto." } });
  bedrock.script([{ text: "Hello" }]);
  await ask("hi");
  const [request] = bedrock.requests;
  expect(request?.modelId).toBe(MODEL);
  expect(request?.refusal).toBeUndefined();
  expect(request?.body.inferenceConfig).toEqual({ maxTokens: 4096, temperature: 0.3 });
  expect(JSON.stringify(request?.body.system)).toContain("Seja direto.");
  expect(request?.headers.get("authorization")).toContain("/us-west-2/bedrock/");
});

test("D16 Another WebSocket path is rejected, a plain GET gets 426, and /health answers.", async () => {
  await start();
  await expect(SocketClient.connect(specchat.url, "/ws/chat/other")).rejects.toThrow();
  const plain = await fetch(`${specchat.url}${PATH}`);
  expect([plain.status, plain.headers.get("upgrade")]).toEqual([426, "websocket"]);
  expect((await fetch(`${specchat.url}/health`)).status).toBe(200);
});

test("D17 A ping every twenty seconds keeps an idle socket open.", async () => {
  let sleeps = 0;
  await start({
    ports: {
      sleep: (ms) => {
        if (ms !== 20_000) return Bun.sleep(ms);
        sleeps += 1;
        return sleeps <= 4 ? Bun.sleep(1) : new Promise(() => {});
      },
    },
  });
  await client.waitUntil(() => client.pings === 4);
  bedrock.script([{ text: "Hello" }]);
  expect((await ask("hi")).at(-1).full_text).toBe("Hello");
});

test("D18 A hundred sockets get their replies at once, and a message of a megabyte works.", async () => {
  await start();
  const answer = Promise.withResolvers<void>();
  bedrock.script(() => ({ text: ["Hel", "lo"], beforeEvent: () => answer.promise }));
  const clients = await Promise.all(Array.from({ length: 100 }, connect));
  for (const one of clients) one.send({ question: "hi", session_id: "s" });
  while (bedrock.requests.length < 100) await Bun.sleep(1);
  answer.resolve();
  const ends = await Promise.all(clients.map(async (one) => (await one.readUntil("end", "error")).at(-1)));
  expect(ends.map(({ full_text }) => full_text)).toEqual(Array.from({ length: 100 }, () => "Hello"));
  for (const one of clients) one.close();
  expect((await ask("word ".repeat(200_000), { session_id: "long" })).at(-1)).toEqual({
    type: "error",
    message: expect.stringContaining("too long"),
  });
  expect((await ask("x".repeat(1_000_001))).at(-1)).toMatchObject({
    type: "error",
    message: expect.stringContaining("1000000"),
  });
});

test("D19 The HTTP lists of chats do not exist in specchat.", async () => {
  await start();
  const response = await fetch(`${specchat.url}/api/chats/u/c/title`, {
    method: "PATCH",
    body: '{"title":"x"}',
  });
  expect([response.status, await response.json()]).toEqual([404, { detail: "Not Found" }]);
});

test("Messages beyond the limit are rejected, in their order.", async () => {
  await start();
  const answer = Promise.withResolvers<void>();
  bedrock.script(() => ({ text: "Hello", beforeEvent: () => answer.promise }));
  for (let count = 0; count < 22; count++) client.send({ question: "hi", session_id: `s${count}` });
  while (bedrock.requests.length < 20) await Bun.sleep(1);
  answer.resolve();
  await client.waitUntil(
    () => client.frames.at(-1)?.type === "error" && client.frames.at(-2)?.type === "error",
  );
  expect(client.frames.filter(({ type }) => type === "end")).toHaveLength(20);
  expect(client.frames.at(-1).message).toBe("20 questions are waiting already.");
});

test("A client that sends on while rejections wait is closed, and the model is not called again.", async () => {
  await start();
  bedrock.script(() => ({ text: "Hello", beforeEvent: () => new Promise<void>(() => {}) }));
  client.send({ question: "hi", session_id: "s" });
  await client.readUntil("start");
  for (let count = 0; count < 120; count++) client.send("{");
  expect(await client.closed).toEqual({ code: 1008, reason: "too many questions" });
  expect(client.frames).toEqual([{ type: "start", session_id: "s" }]);
  expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
  client = await connect();
  bedrock.script([{ text: "Hello" }]);
  expect((await ask("hi")).at(-1).full_text).toBe("Hello");
});

test("A call that needs approval is not made.", async () => {
  await start();
  bedrock.script([{ calls: [{ name: "createThing", input: { name: "x" } }] }, { text: "I may not." }]);
  expect((await ask("make x")).at(-1).full_text).toBe("I may not.");
  expect(api.requests).toEqual([]);
});

test("--contracts can switch it off.", async () => {
  await start();
  client.close();
  await specchat.stop();
  specchat = await startSpecchat({ argv: ["--contracts", "native"], useDemoModel: true });
  expect((await fetch(`${specchat.url}${PATH}`)).status).toBe(404);
});
