/** Rules that hold for every protocol. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect as connectTcp, type Socket as TcpSocket } from "node:net";
import { parseLimits } from "../../src/config/limits.ts";
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

const NO_LIMITS = { caller: [], key: [], organization: [], address: [], server: [], failures: [] };
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

/** One message and its reply. `started` resolves with the first text; `disconnect` drops the connection. */
interface Exchange {
  readonly started: Promise<unknown>;
  readonly ended: Promise<unknown>;
  disconnect(): void;
}

interface HttpExchange extends Exchange {
  /** Returns the bytes so far, as text. */
  received(): string;
  /** Returns the number of texts so far. */
  texts(): number;
}

function overHttp(
  path: string,
  body: object,
  read: (response: Response) => AsyncIterable<string>,
): HttpExchange {
  const abort = new AbortController();
  const started = Promise.withResolvers<void>();
  let received = "";
  let texts = 0;
  const run = async () => {
    const response = await fetch(`${specchat.url}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      signal: abort.signal,
    });
    const [raw, decoded] = response.body?.tee() ?? [];
    void record(raw).catch(() => undefined);
    for await (const type of read(new Response(decoded ?? null))) {
      if (type !== "text") continue;
      texts += 1;
      started.resolve();
    }
  };
  const record = async (raw: ReadableStream<Uint8Array> | undefined) => {
    for await (const part of new Response(raw ?? null).body?.pipeThrough(new TextDecoderStream()) ?? [])
      received += part;
  };
  const ended = run().catch(() => undefined);
  return {
    started: started.promise,
    ended,
    disconnect: () => abort.abort(),
    received: () => received,
    texts: () => texts,
  };
}

function overSocket(path: string, frame: object, types: { text: string; end: string }): Exchange {
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
    started: until(types.text),
    ended: until(types.end),
    disconnect: () => void opened.then((client) => client.terminate()),
  };
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  let remainder = "";
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (remainder + text).split("\n");
    remainder = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line).type === "chunk" ? "text" : "other";
  }
}

/** Creates a reader for streams whose events have no names. @param isText returns whether the data of an event is text. */
function dataOf(isText: (data: JsonFrame) => boolean): (response: Response) => AsyncGenerator<string> {
  return async function* (response) {
    for await (const { data } of standardEvents(response))
      yield data !== "[DONE]" && isText(JSON.parse(data)) ? "text" : "other";
  };
}

async function* eventsOf(response: Response): AsyncGenerator<string> {
  for await (const { event } of readEvents(response)) yield event === "token" ? "text" : "other";
}

type Send<Result extends Exchange = Exchange> = (message: string, name: string) => Result;

/** One row for each protocol, by its name in `--contracts`. */
interface ProtocolRow {
  /** A path that only this protocol serves. */
  readonly path: string;
  /** Starts a streaming turn in the session `name`. Absent when the protocol has no turns. */
  readonly send?: Send;
  /** Does so over server-sent events, which carry a comment as a keep-alive. */
  readonly sendOverEvents?: Send<HttpExchange>;
  /** The keep-alive, where it is no comment. */
  readonly ping?: string;
  /** True when the turn continues after its client has disconnected. */
  readonly isDetached?: boolean;
}

const PROTOCOLS: Readonly<Record<string, ProtocolRow>> = {
  native: {
    path: "/bedrock-chat/ws",
    send: (message) =>
      overSocket("/bedrock-chat/ws", { message }, { text: "text_delta", end: "ai_response" }),
    isDetached: true,
  },
  agent: {
    path: "/api/agent/stream",
    send: (input_text, session_id) =>
      overHttp("/api/agent/stream", { input_text, session_id, agent_id: "specchat" }, linesOf),
  },
  langchain: {
    path: "/api/v1/chat",
    sendOverEvents: (message, session_id) =>
      overHttp("/api/v1/chat/stream", { message, session_id }, eventsOf),
  },
  dashboard: {
    path: "/ws",
    send: (message) =>
      overSocket(
        "/ws",
        { id: "1", type: "chat.send_message", data: { message, streaming: true } },
        { text: "chat.message_stream", end: "chat.message_complete" },
      ),
  },
  completions: {
    path: "/ws/chat/completions",
    send: (question, session_id) =>
      overSocket("/ws/chat/completions", { question, session_id }, { text: "token", end: "end" }),
  },
  openai: {
    path: "/v1/chat/completions",
    sendOverEvents: (content) =>
      overHttp(
        "/v1/chat/completions",
        { model: MODEL, stream: true, messages: [{ role: "user", content }] },
        dataOf(({ choices }) => Boolean(choices[0]?.delta.content)),
      ),
  },
  anthropic: {
    path: "/v1/messages",
    sendOverEvents: (content) =>
      overHttp(
        "/v1/messages",
        { model: MODEL, max_tokens: 100, stream: true, messages: [{ role: "user", content }] },
        dataOf(({ type }) => type === "content_block_delta"),
      ),
    ping: 'event: ping\ndata: {"type":"ping"}\n\n',
  },
  "ai-sdk": {
    path: "/bedrock-chat/ai",
    sendOverEvents: (text, id) =>
      overHttp(
        "/bedrock-chat/ai",
        { id, messages: [{ id: "1", role: "user", parts: [{ type: "text", text }] }] },
        dataOf(({ type }) => type === "text-delta"),
      ),
    isDetached: true,
  },
  "ag-ui": {
    path: "/bedrock-chat/ag-ui",
    sendOverEvents: (content, threadId) =>
      overHttp(
        "/bedrock-chat/ag-ui",
        { threadId, runId: "1", messages: [{ id: "1", role: "user", content }] },
        dataOf(({ type }) => type === "TEXT_MESSAGE_CONTENT"),
      ),
  },
  mcp: { path: "/mcp" },
};

const rows = Object.entries(PROTOCOLS);
const eventStreams = rows.flatMap(([name, { sendOverEvents }]) =>
  sendOverEvents ? [[name, sendOverEvents] as const] : [],
);
const streams = rows.flatMap(([name, { send, sendOverEvents }]) => {
  const start = send ?? sendOverEvents;
  return start ? [[name, start] as const] : [];
});

describe.each(streams)("%s:", (name, send) => {
  test("Fifty streams start while the model is silent, and a disconnect aborts only its own.", async () => {
    const silent = Promise.withResolvers<void>();
    bedrock.script(() => ({
      text: ["So", " far"],
      beforeEvent: (index) => (index === 2 ? silent.promise : undefined),
    }));
    const exchanges = Array.from({ length: 50 }, (_, index) => send("hi", `${name} ${index}`));
    await Promise.all(exchanges.map(({ started }) => started));
    expect(bedrock.requests).toHaveLength(50);
    const [staying, ...leaving] = exchanges;
    for (const { disconnect } of leaving) disconnect();
    const closed = PROTOCOLS[name]?.isDetached ? 0 : 49;
    while ((await Promise.all(bedrock.requests.map(isLeft))).filter(Boolean).length < closed)
      await Bun.sleep(5);
    silent.resolve();
    await staying?.ended;
    const outcomes = await Promise.all(bedrock.requests.map(({ outcome }) => outcome));
    expect(outcomes.filter((outcome) => outcome === "completed")).toHaveLength(50 - closed);
    staying?.disconnect();
  });
});

describe("Of messages at the same time a limit of turns lets some reach the model, and a spent budget none:", () => {
  const limit = (text: string) => specchat.app.limits.replace({ ...NO_LIMITS, caller: parseLimits(text) });

  /** Resolves when so many messages were refused. */
  async function waitForRefusals(count: number): Promise<void> {
    const sum = async () => {
      const metrics = await (await fetch(`${specchat.url}/metrics`)).text();
      const samples = metrics.matchAll(/^specchat_limited_total\{.*\} (\d+)$/gm);
      return [...samples].reduce((total, [, value]) => total + Number(value), 0);
    };
    while ((await sum()) < count) await Bun.sleep(5);
    expect(await sum()).toBe(count);
  }

  test.each(streams)("%s", async (name, send) => {
    const silent = Promise.withResolvers<void>();
    bedrock.script(() => ({
      text: ["So", " far"],
      beforeEvent: (index) => (index === 2 ? silent.promise : undefined),
    }));
    limit("2 turns, 1000000 tokens/day");
    const exchanges = Array.from({ length: 6 }, (_, index) => send("hi", `${name} ${index}`));
    await waitForRefusals(4);
    while (bedrock.requests.length < 2) await Bun.sleep(1);
    expect(bedrock.requests).toHaveLength(2);
    silent.resolve();
    await Promise.all(bedrock.requests.map(({ outcome }) => outcome));
    for (const { disconnect } of exchanges) disconnect();
    limit("1 tokens/day");
    const refused = send("hi", `${name} again`);
    await waitForRefusals(5);
    expect(bedrock.requests).toHaveLength(2);
    refused.disconnect();
  });
});

describe("A silent event stream carries what its client skips:", () => {
  test.each(eventStreams)("%s", async (name, send) => {
    const silences: (() => void)[] = [];
    await specchat.stop();
    await start({
      sleep: (ms) => (ms === 15_000 ? new Promise((resolve) => silences.push(resolve)) : Bun.sleep(ms)),
    });
    const resume = Promise.withResolvers<void>();
    bedrock.script([
      { text: ["So", " far"], beforeEvent: (index) => (index === 2 ? resume.promise : undefined) },
    ]);
    const exchange = send("hi", name);
    await exchange.started;
    const ping = PROTOCOLS[name]?.ping ?? "\n: ping";
    while (!exchange.received().includes(ping)) {
      for (const resolve of silences.splice(0)) resolve();
      await Bun.sleep(1);
    }
    resume.resolve();
    await exchange.ended;
    expect(exchange.texts()).toBe(2);
  });
});

describe("A disconnect during a non-streaming request closes the connection to the model:", () => {
  test.each([
    ["langchain", "/api/v1/chat", { message: "hi" }],
    ["dashboard", "/api/chat/message", { message: "hi" }],
    ["openai", "/v1/chat/completions", { model: MODEL, messages: [{ role: "user", content: "hi" }] }],
    [
      "anthropic",
      "/v1/messages",
      { model: MODEL, max_tokens: 9, messages: [{ role: "user", content: "hi" }] },
    ],
  ])("%s", async (_name, path, body) => {
    bedrock.script([
      { text: ["So", " far"], beforeEvent: (index) => (index === 2 ? new Promise(() => {}) : undefined) },
    ]);
    const disconnect = new AbortController();
    const response = fetch(`${specchat.url}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      signal: disconnect.signal,
    });
    while (bedrock.requests.length === 0) await Bun.sleep(1);
    disconnect.abort();
    expect(await response.catch(({ name }: Error) => name)).toBe("AbortError");
    expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
  });
});

/** Returns whether the connection of a model request was closed. */
function isLeft({ outcome }: { readonly outcome: Promise<string> }): Promise<boolean> {
  return Promise.race([outcome.then((how) => how === "disconnected"), Bun.sleep(0).then(() => false)]);
}

/** Opens a connection and sends a request, but reads nothing until it is resumed. */
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

describe("A client that does not read delays no other, and gets everything once it reads:", () => {
  test.each([
    [
      "agent",
      "/api/agent/stream?accumulate=false",
      { input_text: "hi", agent_id: "specchat" },
      "final_content",
    ],
    ["langchain", "/api/v1/chat/stream", { message: "hi" }, "event: done"],
  ])("%s", async (_name, path, body, last) => {
    const piece = "x".repeat(1000);
    bedrock.script(() => ({ text: Array.from({ length: 3000 }, () => piece) }));
    const socket = await slowClient(post(path, body));
    // The turn ends although its client does not read.
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
    // The text arrives once in pieces and once more at the end.
    expect(received.match(/x/g)?.length).toBeGreaterThanOrEqual(2 * 3000 * 1000);
  });
});

/** Reads events as the standard defines them: any line end, comments, several lines of data. */
async function* standardEvents(response: Response): AsyncGenerator<{ event: string; data: string }> {
  let remainder = "";
  let fields = { event: "message", data: [] as string[] };
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (remainder + text).split(/\r\n|\n|\r(?!$)/);
    remainder = lines.pop() ?? "";
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

test("A client that follows the standard reads the events of the langchain protocol.", async () => {
  bedrock.script([{ text: ["He", "llo\nyou"] }]);
  const response = await fetch(`${specchat.url}/api/v1/chat/stream`, {
    method: "POST",
    body: '{"message":"hi"}',
  });
  const events = await Array.fromAsync(standardEvents(response));
  expect(events.map(({ event }) => event)).toEqual(["start", "token", "token", "done"]);
  expect(JSON.parse(events[2]?.data ?? "")).toEqual({ content: "llo\nyou" });
});

test.skipIf(Bun.which("curl") === null)(
  "curl --no-buffer shows the events of the langchain protocol as they arrive.",
  async () => {
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
  },
);

describe.each(rows)("%s:", (name, { path }) => {
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
    expect(await statusWith(Object.keys(PROTOCOLS).filter((one) => one !== name))).toBe(404);
  });
});
