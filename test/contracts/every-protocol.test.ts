/** What holds for every way of speaking to specchat. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect as connectTcp, type Socket as TcpSocket } from "node:net";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  type RecordingApi,
  type Specchat,
  type StartOptions,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { type JsonFrame, SocketClient } from "../support/socket-client.ts";
import { readEvents } from "./events.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;

beforeEach(async () => {
  bedrock = await startBedrock();
  api = await startApi();
  await start();
});

async function start(ports: StartOptions["ports"] = {}): Promise<void> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL],
    model: createBedrockAt(bedrock.url),
    ports,
  });
}

afterEach(async () => {
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

/** One question; `begun` resolves when its first text has arrived, `leave` drops the connection without a word. */
interface Asked {
  readonly begun: Promise<unknown>;
  readonly ended: Promise<unknown>;
  leave(): void;
}

interface AskedOverHttp extends Asked {
  /** So far. */
  received(): string;
  /** How many texts were in it. */
  texts(): number;
}

function overHttp(
  path: string,
  body: object,
  read: (response: Response) => AsyncIterable<string>,
): AskedOverHttp {
  const gone = new AbortController();
  const begun = Promise.withResolvers<void>();
  let received = "";
  let texts = 0;
  const run = async () => {
    const response = await fetch(`${specchat.url}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      signal: gone.signal,
    });
    const [seen, meant] = response.body?.tee() ?? [];
    void note(seen).catch(() => undefined);
    for await (const type of read(new Response(meant ?? null))) {
      if (type !== "text") continue;
      texts += 1;
      begun.resolve();
    }
  };
  const note = async (seen: ReadableStream<Uint8Array> | undefined) => {
    for await (const part of new Response(seen ?? null).body?.pipeThrough(new TextDecoderStream()) ?? [])
      received += part;
  };
  const ended = run().catch(() => undefined);
  return {
    begun: begun.promise,
    ended,
    leave: () => gone.abort(),
    received: () => received,
    texts: () => texts,
  };
}

function overSocket(path: string, frame: object, types: { text: string; end: string }): Asked {
  const opened = SocketClient.connect(specchat.url, path);
  const run = async () => {
    const client = await opened;
    client.send(frame);
    return client;
  };
  const sent = run();
  const until = async (type: string) => {
    const client = await sent;
    await client.waitUntil(() => client.frames.some((one) => one.type === type));
  };
  return {
    begun: until(types.text),
    ended: until(types.end),
    leave: () => void opened.then((client) => client.terminate()),
  };
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  let kept = "";
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (kept + text).split("\n");
    kept = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line).type === "chunk" ? "text" : "other";
  }
}

/** Of streams whose events have no names: what of an event is text. */
function dataOf(isText: (data: JsonFrame) => boolean): (response: Response) => AsyncGenerator<string> {
  return async function* (response) {
    for await (const { data } of standardEvents(response))
      yield data !== "[DONE]" && isText(JSON.parse(data)) ? "text" : "other";
  };
}

async function* eventsOf(response: Response): AsyncGenerator<string> {
  for await (const { event } of readEvents(response)) yield event === "token" ? "text" : "other";
}

type Ask<Over extends Asked = Asked> = (message: string, name: string) => Over;

const EVENT_STREAMS: Readonly<Record<string, Ask<AskedOverHttp>>> = {
  langchain: (message, session_id) => overHttp("/api/v1/chat/stream", { message, session_id }, eventsOf),
  openai: (content) =>
    overHttp(
      "/v1/chat/completions",
      { model: MODEL, stream: true, messages: [{ role: "user", content }] },
      dataOf(({ choices }) => Boolean(choices[0]?.delta.content)),
    ),
  "ag-ui": (content, threadId) =>
    overHttp(
      "/bedrock-chat/ag-ui",
      { threadId, runId: "1", messages: [{ id: "1", role: "user", content }] },
      dataOf(({ type }) => type === "TEXT_MESSAGE_CONTENT"),
    ),
  "ai-sdk": (text, id) =>
    overHttp(
      "/bedrock-chat/ai",
      { id, messages: [{ id: "1", role: "user", parts: [{ type: "text", text }] }] },
      dataOf(({ type }) => type === "text-delta"),
    ),
};

const DIALECTS: Readonly<Record<string, Ask>> = {
  native: (message) =>
    overSocket("/bedrock-chat/ws", { message }, { text: "text_delta", end: "ai_response" }),
  agent: (input_text, session_id) =>
    overHttp("/api/agent/stream", { input_text, session_id, agent_id: "specchat" }, linesOf),
  dashboard: (message) =>
    overSocket(
      "/ws",
      { id: "1", type: "chat.send_message", data: { message, streaming: true } },
      { text: "chat.message_stream", end: "chat.message_complete" },
    ),
  completions: (question, session_id) =>
    overSocket("/ws/chat/completions", { question, session_id }, { text: "token", end: "end" }),
  ...EVENT_STREAMS,
};

/** Their turns go on when a client has left. */
const DETACHED = ["native", "ai-sdk"];

describe.each(Object.entries(DIALECTS))("%s:", (name, ask) => {
  test("of fifty streams over a model that falls silent all begin, none waits for another, and whoever leaves closes their own alone", async () => {
    const silent = Promise.withResolvers<void>();
    bedrock.script(() => ({
      text: ["So", " far"],
      beforeEvent: (index) => (index === 2 ? silent.promise : undefined),
    }));
    const asked = Array.from({ length: 50 }, (_, index) => ask("hi", `${name} ${index}`));
    await Promise.all(asked.map(({ begun }) => begun));
    expect(bedrock.requests).toHaveLength(50);
    const [staying, ...leaving] = asked;
    for (const { leave } of leaving) leave();
    const closed = DETACHED.includes(name) ? 0 : 49;
    while ((await Promise.all(bedrock.requests.map(isLeft))).filter(Boolean).length < closed)
      await Bun.sleep(5);
    silent.resolve();
    await staying?.ended;
    const outcomes = await Promise.all(bedrock.requests.map(({ outcome }) => outcome));
    expect(outcomes.filter((outcome) => outcome === "completed")).toHaveLength(50 - closed);
    staying?.leave();
  });
});

describe("while nothing is said, a comment comes that its client skips:", () => {
  test.each(Object.entries(EVENT_STREAMS))("%s", async (name, ask) => {
    const silences: (() => void)[] = [];
    await specchat.stop();
    await start({
      sleep: (ms) => (ms === 15_000 ? new Promise((resolve) => silences.push(resolve)) : Bun.sleep(ms)),
    });
    const goOn = Promise.withResolvers<void>();
    bedrock.script([
      { text: ["So", " far"], beforeEvent: (index) => (index === 2 ? goOn.promise : undefined) },
    ]);
    const asked = ask("hi", name);
    await asked.begun;
    while (!asked.received().includes("\n: ping")) {
      for (const resolve of silences.splice(0)) resolve();
      await Bun.sleep(1);
    }
    goOn.resolve();
    await asked.ended;
    expect(asked.texts()).toBe(2);
  });
});

describe("whoever leaves while the whole answer is awaited closes the connection to the model:", () => {
  test.each([
    ["002 langchain", "/api/v1/chat", { message: "hi" }],
    ["003 dashboard", "/api/chat/message", { message: "hi" }],
    ["openai", "/v1/chat/completions", { model: MODEL, messages: [{ role: "user", content: "hi" }] }],
  ])("%s", async (_name, path, body) => {
    bedrock.script([
      { text: ["So", " far"], beforeEvent: (index) => (index === 2 ? new Promise(() => {}) : undefined) },
    ]);
    const leave = new AbortController();
    const asked = fetch(`${specchat.url}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      signal: leave.signal,
    });
    while (bedrock.requests.length === 0) await Bun.sleep(1);
    leave.abort();
    expect(await asked.catch(({ name }: Error) => name)).toBe("AbortError");
    expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
  });
});

/** Whether its connection was closed by now. */
function isLeft({ outcome }: { readonly outcome: Promise<string> }): Promise<boolean> {
  return Promise.race([outcome.then((how) => how === "disconnected"), Bun.sleep(0).then(() => false)]);
}

/** A client that sends its bytes and reads nothing of what comes until it is told to. */
async function slowClient(request: string): Promise<TcpSocket> {
  const { hostname, port } = new URL(specchat.url);
  const socket = connectTcp(Number(port), hostname);
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.pause();
  socket.write(request);
  return socket;
}

function post(path: string, body: object): string {
  const text = JSON.stringify(body);
  const { host } = new URL(specchat.url);
  return `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

describe("a client that does not read holds up nobody, and gets all of it when it does:", () => {
  test.each([
    [
      "001",
      "/api/agent/stream?accumulate=false",
      { input_text: "hi", agent_id: "specchat" },
      "final_content",
    ],
    ["002", "/api/v1/chat/stream", { message: "hi" }, "event: done"],
  ])("%s", async (_name, path, body, last) => {
    const piece = "x".repeat(1000);
    bedrock.script(() => ({ text: Array.from({ length: 3000 }, () => piece) }));
    const socket = await slowClient(post(path, body));
    // The turn ends whatever its client does.
    while (bedrock.requests.length === 0) await Bun.sleep(1);
    expect(await bedrock.requests[0]?.outcome).toBe("completed");
    bedrock.script(() => ({ text: "Quick" }));
    const other = await fetch(`${specchat.url}/api/v1/chat`, { method: "POST", body: '{"message":"hi"}' });
    expect((await other.json()).message.content).toBe("Quick");
    let received = "";
    socket.on("data", (data) => {
      received += data;
    });
    socket.resume();
    await new Promise((resolve) => socket.once("close", resolve));
    expect(received).toContain(last);
    // Everything once in pieces, and once more at the end.
    expect(received.match(/x/g)?.length).toBeGreaterThanOrEqual(2 * 3000 * 1000);
  });
});

/** Fields of the events of a stream as the standard has them: any line end, comments, several lines of data. */
async function* standardEvents(response: Response): AsyncGenerator<{ event: string; data: string }> {
  let kept = "";
  let fields = { event: "message", data: [] as string[] };
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (kept + text).split(/\r\n|\n|\r(?!$)/);
    kept = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (fields.data.length > 0) yield { event: fields.event, data: fields.data.join("\n") };
        fields = { event: "message", data: [] };
        continue;
      }
      const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
      if (field === "event") fields.event = value;
      if (field === "data") fields.data.push(value);
    }
  }
}

test("the events of 002 are read by whoever reads as the standard of event streams says", async () => {
  bedrock.script([{ text: ["He", "llo\nyou"] }]);
  const response = await fetch(`${specchat.url}/api/v1/chat/stream`, {
    method: "POST",
    body: '{"message":"hi"}',
  });
  const events = await Array.fromAsync(standardEvents(response));
  expect(events.map(({ event }) => event)).toEqual(["start", "token", "token", "done"]);
  expect(JSON.parse(events[2]?.data ?? "")).toEqual({ content: "llo\nyou" });
});

test.skipIf(Bun.which("curl") === null)("curl --no-buffer shows the events of 002 as they come", async () => {
  bedrock.script([
    { text: ["So", " far"], beforeEvent: (index) => (index === 2 ? new Promise(() => {}) : undefined) },
  ]);
  const curl = Bun.spawn(
    ["curl", "-s", "--no-buffer", `${specchat.url}/api/v1/chat/stream`, "-d", '{"message":"hi"}'],
    { stdout: "pipe" },
  );
  let text = "";
  for await (const bytes of curl.stdout) {
    text += new TextDecoder().decode(bytes);
    if (text.includes("event: token")) break;
  }
  expect(text).toContain('data: {"content":"So"}');
  curl.kill();
  expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
});

/** Where each protocol is reached, by its name in --contracts. */
const ADDRESSES: Readonly<Record<string, string>> = {
  native: "/bedrock-chat/ws",
  agent: "/api/agent/stream",
  langchain: "/api/v1/chat",
  dashboard: "/ws",
  completions: "/ws/chat/completions",
  openai: "/v1/models",
  "ai-sdk": "/bedrock-chat/ai",
  "ag-ui": "/bedrock-chat/ag-ui",
  mcp: "/mcp",
};

describe.each(Object.entries(ADDRESSES))("%s:", (name, path) => {
  const statusWith = async (contracts: readonly string[]) => {
    await specchat.stop();
    specchat = await startSpecchat({
      argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, "--contracts", contracts.join(",")],
      model: createBedrockAt(bedrock.url),
    });
    return (await fetch(`${specchat.url}${path}`)).status;
  };

  test("--contracts serves it alone, or everything else.", async () => {
    expect(await statusWith([name])).not.toBe(404);
    expect(await statusWith(Object.keys(ADDRESSES).filter((one) => one !== name))).toBe(404);
  });
});
