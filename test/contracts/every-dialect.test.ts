/** What holds for every dialect of the systems that specchat replaces. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect as connectTcp, type Socket as TcpSocket } from "node:net";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { bedrockAt, MODEL, type RecordingApi, type Specchat, startApi, startSpecchat } from "../harness.ts";
import { readEvents } from "./events.ts";
import { SocketClient } from "./socket-client.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;

beforeEach(async () => {
  bedrock = await startBedrock();
  api = await startApi();
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL],
    model: bedrockAt(bedrock.url),
  });
});

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

function overHttp(path: string, body: object, read: (response: Response) => AsyncIterable<string>): Asked {
  const gone = new AbortController();
  const begun = Promise.withResolvers<void>();
  const run = async () => {
    const response = await fetch(`${specchat.url}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      signal: gone.signal,
    });
    for await (const type of read(response)) if (type === "text") begun.resolve();
  };
  const ended = run().catch(() => undefined);
  return { begun: begun.promise, ended, leave: () => gone.abort() };
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
    await client.when(() => client.frames.some((one) => one.type === type));
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

async function* eventsOf(response: Response): AsyncGenerator<string> {
  for await (const { event } of readEvents(response)) yield event === "token" ? "text" : "other";
}

const DIALECTS: Readonly<Record<string, (message: string, name: string) => Asked>> = {
  "001 agent": (input_text, session_id) =>
    overHttp("/api/agent/stream", { input_text, session_id, agent_id: "specchat" }, linesOf),
  "002 langchain": (message, session_id) =>
    overHttp("/api/v1/chat/stream", { message, session_id }, eventsOf),
  "003 dashboard": (message) =>
    overSocket(
      "/ws",
      { id: "1", type: "chat.send_message", data: { message, streaming: true } },
      { text: "chat.message_stream", end: "chat.message_complete" },
    ),
  "004 completions": (question, session_id) =>
    overSocket("/ws/chat/completions", { question, session_id }, { text: "token", end: "end" }),
};

describe.each(Object.entries(DIALECTS))("%s:", (name, ask) => {
  test("of fifty streams over a model that falls silent all begin, none waits for another, and whoever leaves closes their own", async () => {
    const silent = Promise.withResolvers<void>();
    bedrock.script(() => ({
      text: ["So", " far"],
      gate: (index) => (index === 2 ? silent.promise : undefined),
    }));
    const asked = Array.from({ length: 50 }, (_, index) => ask("hi", `${name} ${index}`));
    await Promise.all(asked.map(({ begun }) => begun));
    expect(bedrock.requests).toHaveLength(50);
    const [staying, ...leaving] = asked;
    for (const { leave } of leaving) leave();
    while ((await Promise.all(bedrock.requests.map(isLeft))).filter(Boolean).length < 49) await Bun.sleep(5);
    silent.resolve();
    await staying?.ended;
    const outcomes = await Promise.all(bedrock.requests.map(({ outcome }) => outcome));
    expect(outcomes.filter((outcome) => outcome === "answered")).toHaveLength(1);
    staying?.leave();
  });
});

/** Whether its connection was closed by now. */
function isLeft({ outcome }: { readonly outcome: Promise<string> }): Promise<boolean> {
  return Promise.race([outcome.then((how) => how === "left"), Bun.sleep(0).then(() => false)]);
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
    expect(await bedrock.requests[0]?.outcome).toBe("answered");
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
    { text: ["So", " far"], gate: (index) => (index === 2 ? new Promise(() => {}) : undefined) },
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
  expect(await bedrock.requests[0]?.outcome).toBe("left");
});
