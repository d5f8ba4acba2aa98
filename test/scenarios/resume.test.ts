import { afterEach, beforeEach, expect, test } from "bun:test";
import type { ModelEvent } from "../../src/model/types.ts";
import type { ServerFrame } from "../../src/protocols/native/types.ts";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type Script,
  USAGE,
} from "../support/scripted-model.ts";
import { createServerFixture, type ServerFixture } from "../support/server-process.ts";

let specchat: Specchat;
let api: RecordingApi;

beforeEach(async () => {
  api = await startApi();
});

afterEach(async () => {
  await specchat?.stop();
  await api.stop();
});

async function start(scripts: readonly Script[], ...argv: string[]) {
  const model = createScriptedModel(scripts);
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--approve", "none", ...argv],
    model,
  });
  return { url: specchat.url, model };
}

async function connect(url: string) {
  const client = await NativeClient.connect(url);
  const { session_id } = await client.waitFor("connection_established");
  return { client, session: session_id };
}

async function resume(url: string, session: string, lastSeq: number, fields = {}) {
  const { client } = await connect(url);
  client.send({ type: "resume", session_id: session, last_seq: lastSeq, ...fields });
  return client;
}

const END: ModelEvent = { type: "end", stopReason: "end_turn", usage: USAGE };
const text = (...texts: readonly string[]): ModelEvent[] => texts.map((text) => ({ type: "text", text }));

/** Returns the frames of the event log, without the fields that differ between connections. */
function loggedFrames(frames: readonly ServerFrame[]) {
  return frames.flatMap((frame) => {
    if (!("seq" in frame) || frame.type === "snapshot") return [];
    const { question: _question, ...rest } = { question: undefined, ...frame };
    return [rest];
  });
}

test("N10 a client that loses its socket during a turn gets the missed frames exactly once and in order, then live ones, and can stop the turn", async () => {
  const [firstHalfRead, resumed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { url } = await start([
    [
      ...text("1", "2"),
      firstHalfRead.promise,
      ...text("3", "4"),
      resumed.promise,
      ...text("5"),
      new Promise(() => {}),
    ],
    replyWithText("Next."),
  ]);
  const { client, session } = await connect(url);
  client.send({ message: "count" });
  await client.waitFor("text_delta");
  const { seq } = await client.waitFor("text_delta");
  client.close();
  firstHalfRead.resolve();
  const resumedClient = await resume(url, session, seq);
  expect(await resumedClient.waitFor("connection_established")).toMatchObject({
    session_id: session,
    resumed: true,
  });
  const missed = [await resumedClient.next(), await resumedClient.next()];
  resumed.resolve();
  const live = await resumedClient.next();
  expect([...missed, live]).toMatchObject([
    { type: "text_delta", seq: seq + 1, text: "3" },
    { type: "text_delta", seq: seq + 2, text: "4" },
    { type: "text_delta", seq: seq + 3, text: "5" },
  ]);
  resumedClient.send({ type: "stop" });
  expect(await resumedClient.next()).toMatchObject({
    type: "ai_response",
    seq: seq + 4,
    stop_reason: "stopped",
    message: "12345",
  });
  expect((await resumedClient.runTurn("and then?")).at(-1)).toMatchObject({ message: "Next." });
  resumedClient.close();
});

test("a turn and its calls continue to the end with no client connected", async () => {
  const gate = Promise.withResolvers<void>();
  const { url } = await start([
    [...text("Wait."), gate.promise, ...replyWithCalls(["c1", "listThings", {}])],
    replyWithText("Two."),
  ]);
  const { client, session } = await connect(url);
  client.send({ message: "list" });
  const { seq } = await client.waitFor("text_delta");
  client.close();
  await client.closed;
  gate.resolve();
  const resumedClient = await resume(url, session, seq);
  const end = await resumedClient.waitFor("ai_response");
  expect([end.message, end.tool_calls.length, api.requests]).toEqual(["Wait.\n\nTwo.", 1, ["GET /things"]]);
  resumedClient.close();
});

test("two tabs of a session get all frames in the same order, and each can stop the turn", async () => {
  const { url } = await start([
    [...replyWithCalls(["c1", "listThings", {}])],
    replyWithText("Two."),
    [...text("Half"), new Promise(() => {})],
  ]);
  const { client: first, session } = await connect(url);
  const second = await resume(url, session, 0);
  await second.waitFor("error");
  // A session cannot be resumed before its first message.
  await first.runTurn("list");
  const other = await resume(url, session, 0);
  await other.waitFor("ai_response");
  other.send({ message: "again" });
  await first.waitFor("text_delta");
  first.send({ type: "stop" });
  const [a, b] = await Promise.all([first.waitFor("ai_response"), other.waitFor("ai_response")]);
  expect([a.stop_reason, a]).toEqual(["stopped", b]);
  expect(loggedFrames(first.frames)).toEqual(loggedFrames(other.frames));
  const userMessages = (client: NativeClient) =>
    client.frames.flatMap((frame) => (frame.type === "typing" ? [frame.question?.content] : []));
  expect([userMessages(first), userMessages(other)]).toEqual([
    [undefined, "again"],
    ["list", undefined],
  ]);
  for (const client of [first, second, other]) client.close();
});

test("only its owner can resume the session of a browser", async () => {
  const { url } = await start([replyWithText("Hello.")]);
  const cookie = async () =>
    (await fetch(`${url}/bedrock-chat/ui`)).headers.get("set-cookie")?.split(";")[0] ?? "";
  const [ownCookie, otherCookie] = [await cookie(), await cookie()];
  const owner = await NativeClient.connect(url, { Cookie: ownCookie });
  const { session_id } = await owner.waitFor("connection_established");
  await owner.runTurn("hi");
  for (const headers of [{ Cookie: otherCookie }, {} as Record<string, string>]) {
    const stranger = await NativeClient.connect(url, headers);
    stranger.send({ type: "resume", session_id, last_seq: 0 });
    expect(await stranger.waitFor("error")).toMatchObject({ code: "session_not_found", retryable: false });
    stranger.close();
  }
  const resumedClient = await NativeClient.connect(url, { Cookie: ownCookie });
  resumedClient.send({ type: "resume", session_id, last_seq: 0, snapshot: true });
  expect((await resumedClient.waitFor("snapshot")).messages.map(({ content }) => content)).toEqual([
    "hi",
    "Hello.",
  ]);
  resumedClient.close();
  owner.close();
});

test("a hundred clients that lose their sockets and resume at once get their missed frames", async () => {
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const model = createScriptedModel(({ messages }) => {
    const last = messages.at(-1);
    const name = last?.role === "user" ? last.text : "";
    const gate = gates.get(name) ?? Promise.withResolvers<void>();
    gates.set(name, gate);
    return [...text(`${name}:`), gate.promise, ...text("a", "b"), END];
  });
  specchat = await startSpecchat({ argv: ["--spec", api.spec, "--base-url", api.url], model });
  const { url } = specchat;
  const started = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const { client, session } = await connect(url);
      client.send({ message: `q${index}` });
      const { seq } = await client.waitFor("text_delta");
      return { client, session, seq, name: `q${index}` };
    }),
  );
  for (const { client } of started) client.close();
  for (const gate of gates.values()) gate.resolve();
  const ends = await Promise.all(
    started.map(async ({ session, seq, name }) => {
      const client = await resume(url, session, seq);
      await client.waitFor("connection_established");
      const frames = [await client.next(), await client.next(), await client.next()];
      client.close();
      return {
        name,
        frames: frames.map((frame) => ("text" in frame ? frame.text : "message" in frame && frame.message)),
        seqs: frames.map((frame) => ("seq" in frame ? frame.seq - seq : 0)),
      };
    }),
  );
  expect(ends).toEqual(
    started.map(({ name }) => ({ name, frames: ["a", "b", `${name}:ab`], seqs: [1, 2, 3] })),
  );
});

test("a snapshot in the middle of a round has the complete messages and the partial text, and live frames follow", async () => {
  const gate = Promise.withResolvers<void>();
  const { url } = await start([
    [...text("Looking."), ...replyWithCalls(["c1", "listThings", {}])],
    [...text("There are "), gate.promise, ...text("two."), END],
  ]);
  const { client, session } = await connect(url);
  client.send({ message: "how many?" });
  await client.waitFor("tool_result");
  while ((await client.waitFor("text_delta")).text !== "There are ");
  const other = await resume(url, session, 0, { snapshot: true });
  const snapshot = await other.waitFor("snapshot");
  expect(snapshot).toEqual({
    type: "snapshot",
    seq: expect.any(Number),
    turn_id: expect.any(String),
    messages: [
      expect.objectContaining({ role: "user", content: "how many?" }),
      expect.objectContaining({
        content: "Looking.",
        tool_calls: [
          {
            id: "c1",
            name: "listThings",
            arguments: {},
            method: "GET",
            path: "/things",
            summary: "List the things",
          },
        ],
        tool_results: [expect.objectContaining({ tool_call_id: "c1", status: "ok" })],
      }),
    ],
    partial: "\n\nThere are ",
    approvals: [],
  });
  gate.resolve();
  expect(await other.next()).toMatchObject({ type: "text_delta", seq: snapshot.seq + 1, text: "two." });
  expect(await other.next()).toMatchObject({ type: "ai_response", message: "Looking.\n\nThere are two." });
  client.close();
  other.close();
});

test("clear in one tab notifies the other", async () => {
  const { url } = await start([replyWithText("Hello."), replyWithText("Again.")]);
  const { client, session } = await connect(url);
  await client.runTurn("hi");
  const other = await resume(url, session, 0);
  await other.waitFor("ai_response");
  other.send({ type: "clear" });
  await Promise.all([client.waitFor("history_cleared"), other.waitFor("history_cleared")]);
  client.send({ type: "history" });
  expect((await client.waitFor("history")).messages).toEqual([]);
  expect((await other.runTurn("hi")).at(-1)).toMatchObject({ message: "Again." });
  client.close();
  other.close();
});

let bedrock: StandIn;
let fixture: ServerFixture;

async function withFixture(run: () => Promise<void>) {
  bedrock = await startBedrock();
  fixture = await createServerFixture(bedrock, api);
  try {
    await run();
  } finally {
    await fixture.remove();
    await bedrock.stop();
  }
}

test("a killed server loses nothing acknowledged, its turn is closed after the restart, and the next turn works", () =>
  withFixture(async () => {
    const first = await fixture.start("--approve", "none");
    const { client, session } = await connect(first.url);
    bedrock.script([
      { text: "Hello." },
      { text: "One moment.", calls: [{ name: "listThings", input: {}, id: "c1" }] },
      { text: ["There", " are"], fault: { after: 2, kind: "silence" } },
      { text: "Two things." },
    ]);
    await client.runTurn("hi");
    client.send({ message: "how many things?" });
    await client.waitFor("tool_result");
    await client.waitFor("text_delta");
    const { seq } = await client.waitFor("text_delta");
    await first.kill("SIGKILL");
    const second = await fixture.start("--approve", "none");
    const resumedClient = await resume(second.url, session, seq);
    const snapshot = await resumedClient.waitFor("snapshot");
    expect(snapshot.seq).toBeGreaterThan(seq);
    expect(snapshot.messages.map(({ role, content }) => [role, content])).toEqual([
      ["user", "hi"],
      ["assistant", "Hello."],
      ["user", "how many things?"],
      ["assistant", "One moment."],
      ["assistant", "(This answer was interrupted before it was complete.)"],
    ]);
    expect(snapshot).toMatchObject({ partial: "", approvals: [] });
    expect(snapshot).not.toHaveProperty("turn_id");
    const turn = await resumedClient.runTurn("how many things?");
    expect(turn.at(-1)).toMatchObject({ type: "ai_response", message: "Two things." });
    expect(turn.flatMap((frame) => ("seq" in frame ? [frame.seq] : []))[0]).toBe(snapshot.seq + 1);
    expect(bedrock.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
    resumedClient.close();
  }));

test("SIGTERM fails health checks, asks clients to reconnect and lets the running turn end, and the next server continues the session", () =>
  withFixture(async () => {
    const first = await fixture.start("--stop-grace", "20");
    const { client, session } = await connect(first.url);
    const gate = Promise.withResolvers<void>();
    bedrock.script([
      { text: ["Half", " whole."], beforeEvent: (index) => (index === 2 ? gate.promise : undefined) },
      { text: "Hello." },
    ]);
    client.send({ message: "hi" });
    await client.waitFor("text_delta");
    const stopped = first.kill("SIGTERM");
    await client.waitFor("reconnect");
    expect((await fetch(`${first.url}/health`)).status).toBe(503);
    gate.resolve();
    const end = await client.waitFor("ai_response");
    expect([end.message, await stopped]).toEqual(["Half whole.", 0]);
    const second = await fixture.start();
    const resumedClient = await resume(second.url, session, end.seq);
    expect(await resumedClient.waitFor("connection_established")).toMatchObject({ resumed: true });
    expect((await resumedClient.runTurn("hi")).at(-1)).toMatchObject({ message: "Hello." });
    resumedClient.close();
  }));

test("a message gets its reply when its socket closes before the turn starts", async () => {
  const { url } = await start([replyWithText("Hello."), replyWithText("Again.")]);
  const { client, session } = await connect(url);
  client.send({ message: "hi" });
  client.close();
  await client.closed;
  for (;;) {
    const response = await fetch(`${url}/bedrock-chat/sessions/${session}`);
    const { messages = [] } = await response.json();
    if (messages.length === 2) break;
    await Bun.sleep(5);
  }
  const resumedClient = await resume(url, session, 0, { snapshot: true });
  expect((await resumedClient.waitFor("snapshot")).messages.map(({ content }) => content)).toEqual([
    "hi",
    "Hello.",
  ]);
  expect((await resumedClient.runTurn("hi")).at(-1)).toMatchObject({ message: "Again." });
  resumedClient.close();
});
