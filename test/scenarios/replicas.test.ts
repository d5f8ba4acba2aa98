import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { ModelEvent } from "../../src/model/types.ts";
import type { ServerFrame } from "../../src/protocols/native/types.ts";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { REDIS_SERVER, type RedisServer, startRedis } from "../store/redis/redis-server.ts";
import { issueCookie } from "../support/browser-cookie.ts";
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

const END: ModelEvent = { type: "end", stopReason: "end_turn", usage: USAGE };
const text = (...texts: readonly string[]): ModelEvent[] => texts.map((text) => ({ type: "text", text }));

async function connect(url: string) {
  const client = await NativeClient.connect(url);
  client.send({ type: "hello", capabilities: ["approval"] });
  const { session_id } = await client.waitFor("connection_established");
  return { client, session: session_id };
}

async function resume(url: string, session: string, lastSeq: number) {
  const { client } = await connect(url);
  client.send({ type: "resume", session_id: session, last_seq: lastSeq });
  expect(await client.waitFor("connection_established", "error")).toMatchObject({ session_id: session });
  return client;
}

const loggedFrames = (frames: readonly ServerFrame[]) =>
  frames.flatMap((frame) =>
    "seq" in frame && frame.type !== "snapshot"
      ? [{ question: undefined, ...frame, session_cost_usd: 0 }]
      : [],
  );
const withoutQuestion = (frames: readonly ServerFrame[]) =>
  loggedFrames(frames).map((frame) => ({ ...frame, question: undefined }));

describe.skipIf(!REDIS_SERVER)("two replicas and one Redis", () => {
  let redis: RedisServer;
  let api: RecordingApi;
  let replicas: Specchat[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    replicas = [];
    await api.stop();
  });

  /** Starts two replicas, each with the scripts of its model. */
  async function start(first: readonly Script[], second: readonly Script[] = [], ...argv: string[]) {
    for (const scripts of [first, second])
      replicas.push(
        await startSpecchat({
          argv: ["--spec", api.spec, "--base-url", api.url, "--store", redis.address, ...argv],
          model: createScriptedModel(scripts),
        }),
      );
    return replicas.map(({ url }) => url) as [string, string];
  }

  test("a turn on one replica is streamed by the other, and can be stopped there", async () => {
    const [a, b] = await start([
      replyWithText("Hello."),
      [...text("One", " two"), ...replyWithCalls(["c1", "listThings", {}])],
      [...text("Half"), new Promise(() => {})],
    ]);
    const { client: here, session } = await connect(a);
    const first = (await here.runTurn("hi")).at(-1);
    const there = await resume(b, session, first && "seq" in first ? first.seq : 0);
    here.send({ message: "count" });
    await there.waitFor("tool_result");
    while ((await there.waitFor("text_delta")).text !== "Half");
    there.send({ type: "stop" });
    const [end, same] = await Promise.all([here.waitFor("ai_response"), there.waitFor("ai_response")]);
    expect([end.stop_reason, end.message]).toEqual(["stopped", "One two\n\nHalf"]);
    expect({ ...same, session_cost_usd: 0 }).toEqual({ ...end, session_cost_usd: 0 });
    expect(withoutQuestion(there.frames)).toEqual(
      withoutQuestion(here.frames).filter(
        ({ seq }) => first !== undefined && "seq" in first && seq > first.seq,
      ),
    );
    expect(there.frames.find(({ type }) => type === "typing")).toMatchObject({
      question: { content: "count" },
    });
    here.close();
    there.close();
  });

  test("a client that loses its socket gets the missed frames from the other replica exactly once", async () => {
    const [firstHalfRead, resumed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const [a, b] = await start([
      [...text("1", "2"), firstHalfRead.promise, ...text("3", "4"), resumed.promise, ...text("5"), END],
    ]);
    const { client, session } = await connect(a);
    client.send({ message: "count" });
    await client.waitFor("text_delta");
    const { seq } = await client.waitFor("text_delta");
    client.close();
    firstHalfRead.resolve();
    const resumedClient = await resume(b, session, seq);
    const missed = [await resumedClient.next(), await resumedClient.next()];
    resumed.resolve();
    expect([...missed, await resumedClient.next(), await resumedClient.next()]).toMatchObject([
      { type: "text_delta", seq: seq + 1, text: "3" },
      { type: "text_delta", seq: seq + 2, text: "4" },
      { type: "text_delta", seq: seq + 3, text: "5" },
      { type: "ai_response", seq: seq + 4, message: "12345" },
    ]);
    resumedClient.close();
  });

  test("an AI SDK client that resumes on the other replica gets the turn from its beginning, then live", async () => {
    const [firstHalfRead, resumed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const [a, b] = await start([
      replyWithText("Hello."),
      [...text("1", "2"), firstHalfRead.promise, resumed.promise, ...text("3"), END],
    ]);
    const browser = { Cookie: await issueCookie(a) };
    const post = (content: string) =>
      fetch(`${a}/bedrock-chat/ai`, {
        method: "POST",
        headers: browser,
        body: JSON.stringify({
          id: "chat-1",
          messages: [{ id: "1", role: "user", parts: [{ type: "text", text: content }] }],
        }),
      });
    const resume = () => fetch(`${b}/bedrock-chat/ai/chat-1/stream`, { headers: browser });
    expect((await resume()).status).toBe(204);
    await (await post("hi")).text();
    expect((await resume()).status).toBe(204);
    const here = (await post("count")).body?.pipeThrough(new TextDecoderStream());
    let received = "";
    for await (const part of here ?? []) {
      received += part;
      if (!received.includes('"2"')) continue;
      break;
    }
    firstHalfRead.resolve();
    const response = await resume();
    expect(response.status).toBe(200);
    resumed.resolve();
    const deltas = [...(await response.text()).matchAll(/"type":"text-delta".*?"delta":"(\d)"/g)];
    expect(deltas.map(([, delta]) => delta)).toEqual(["1", "2", "3"]);
    expect((await resume()).status).toBe(204);
  });

  test("an approval requested by one replica is decided on the other, which runs the call once", async () => {
    const [a, b] = await start(
      [replyWithCalls(["c1", "createThing", { name: "box" }])],
      [replyWithText("Created."), replyWithText("Hi.")],
    );
    const { client: here, session } = await connect(a);
    here.send({ message: "create a box" });
    const { approval_id, seq } = await here.waitFor("approval_request");
    const there = await resume(b, session, seq);
    there.send({ type: "approve", approval_id, approved: true });
    const [end, same] = await Promise.all([here.waitFor("ai_response"), there.waitFor("ai_response")]);
    expect([end.message, end.seq, end.tool_results]).toEqual(["Created.", same.seq, same.tool_results]);
    here.send({ type: "approve", approval_id, approved: true });
    expect(await here.waitFor("error")).toMatchObject({ code: "approval_not_found" });
    expect(api.requests).toEqual(['POST /things {"name":"box"}']);
    expect((await there.runTurn("hi")).at(-1)).toMatchObject({ message: "Hi." });
    expect(await here.waitFor("ai_response")).toMatchObject({ message: "Hi." });
    here.close();
    there.close();
  });

  test("a message to the other replica waits for the running turn and has it in its history", async () => {
    const gate = Promise.withResolvers<void>();
    const [a, b] = await start([[...text("Wait"), gate.promise, END]], [replyWithText("Second.")]);
    const { client: here, session } = await connect(a);
    here.send({ message: "first" });
    const { seq } = await here.waitFor("text_delta");
    const there = await resume(b, session, seq);
    there.send({ message: "second" });
    there.send({ type: "ping" });
    await there.waitFor("pong");
    gate.resolve();
    const ends = [await there.waitFor("ai_response"), await there.waitFor("ai_response")];
    expect(ends.map(({ message }) => message)).toEqual(["Wait", "Second."]);
    there.send({ type: "history" });
    expect((await there.waitFor("history")).messages.map(({ content }) => content)).toEqual([
      "first",
      "Wait",
      "second",
      "Second.",
    ]);
    here.close();
    there.close();
  });

  test("clear on one replica clears the history on the other", async () => {
    const [a, b] = await start([replyWithText("Hello.")], [replyWithText("Anew.")]);
    const { client: here, session } = await connect(a);
    await here.runTurn("hi");
    const there = await resume(b, session, 0);
    await there.waitFor("ai_response");
    there.send({ type: "clear" });
    await Promise.all([here.waitFor("history_cleared"), there.waitFor("history_cleared")]);
    expect((await there.runTurn("hi")).at(-1)).toMatchObject({ message: "Anew." });
    expect(await here.waitFor("ai_response")).toMatchObject({ message: "Anew." });
    here.close();
    there.close();
  });

  test("clear on one replica ends the turn that waits for approval on the other, and the next message gets a reply", async () => {
    const call = replyWithCalls(["c1", "createThing", { name: "a" }]);
    const [a, b] = await start([], [call, replyWithText("New.")]);
    const { client: there, session } = await connect(b);
    there.send({ message: "create a" });
    await there.waitFor("approval_request");
    const here = await resume(a, session, 0);
    here.send({ type: "clear" });
    expect(await there.waitFor("error")).toMatchObject({ code: "cancelled" });
    const [reply] = (await there.runTurn("hi")).slice(-1);
    expect([reply?.type === "ai_response" && reply.message, api.requests]).toEqual(["New.", []]);
    here.close();
    there.close();
  });

  test("a stream that waits for approval on one replica ends when its session is deleted on the other", async () => {
    const [a, b] = await start([], [replyWithCalls(["c1", "createThing", { name: "a" }])]);
    const headers = { "Content-Type": "application/json", "X-User-ID": "ann" };
    const body = JSON.stringify({ message: "create a", session_id: "mine" });
    const response = await fetch(`${b}/api/v1/chat/stream`, { method: "POST", headers, body });
    let received = "";
    let deleted: Promise<Response> | undefined;
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      received += chunk;
      if (received.includes("approval_request"))
        deleted ??= fetch(`${a}/api/v1/sessions/mine`, { method: "DELETE", headers });
    }
    expect([(await deleted)?.status, received.trim().split("\r\n").slice(-2), api.requests]).toEqual([
      204,
      ["event: error", 'data: {"error":"Stopped."}'],
      [],
    ]);
  });

  test("clear on one replica stops the running turn on the other first", async () => {
    const [a, b] = await start([[...text("Half"), new Promise(() => {})]], [replyWithText("Anew.")]);
    const { client: here, session } = await connect(a);
    here.send({ message: "go" });
    const { seq } = await here.waitFor("text_delta");
    const there = await resume(b, session, seq);
    there.send({ type: "clear" });
    await Promise.all([here.waitFor("history_cleared"), there.waitFor("history_cleared")]);
    there.send({ type: "history" });
    expect((await there.waitFor("history")).messages).toEqual([]);
    here.close();
    there.close();
  });

  test("stop cancels a waiting message and the running turn of the other replica, and a waiting message does not delay a shutdown", async () => {
    const hangs = [...text("Half"), new Promise(() => {})];
    const [a, b] = await start([hangs, hangs], [], "--stop-grace", "1000");
    const { client: here, session } = await connect(a);
    here.send({ message: "first" });
    const { seq } = await here.waitFor("text_delta");
    const there = await resume(b, session, seq);
    there.send({ message: "second" });
    there.send({ type: "stop" });
    expect(await there.waitFor("error")).toMatchObject({ code: "cancelled" });
    expect(await here.waitFor("ai_response")).toMatchObject({ stop_reason: "stopped", message: "Half" });
    here.send({ message: "again" });
    await here.waitFor("text_delta");
    there.send({ message: "third" });
    there.send({ type: "ping" });
    await there.waitFor("pong");
    const [, second] = replicas;
    const stopping = second?.server.stop();
    expect(await there.waitFor("error")).toMatchObject({ code: "stopping" });
    await stopping;
    here.send({ type: "stop" });
    await here.waitFor("ai_response");
    here.close();
  });

  test("a rate limit counts messages on both replicas", async () => {
    const [a, b] = await start([replyWithText("One.")], [replyWithText("Two.")], "--rate-limit", "2/hour");
    const [{ client: here }, { client: there }] = [await connect(a), await connect(b)];
    expect((await here.runTurn("1")).at(-1)).toMatchObject({ message: "One." });
    expect((await there.runTurn("2")).at(-1)).toMatchObject({ message: "Two." });
    expect((await here.runTurn("3")).at(-1)).toMatchObject({ type: "error", code: "rate_limited" });
    here.close();
    there.close();
  });

  test("a turn ends and nothing acknowledged is lost when Redis is killed during the turn and restarted", async () => {
    const gate = Promise.withResolvers<void>();
    const [a] = await start([
      replyWithText("Hello."),
      [...text("Half"), gate.promise, ...text(" whole."), END],
    ]);
    const { client, session } = await connect(a);
    await client.runTurn("hi");
    client.send({ message: "more" });
    await client.waitFor("text_delta");
    await redis.kill();
    gate.resolve();
    await client.waitFor("text_delta");
    await redis.start();
    expect(await client.waitFor("ai_response", "error")).toMatchObject({
      type: "ai_response",
      message: "Half whole.",
    });
    const resumedClient = await resume(a, session, 0);
    resumedClient.send({ type: "history" });
    expect((await resumedClient.waitFor("history")).messages.map(({ content }) => content)).toEqual([
      "hi",
      "Hello.",
      "more",
      "Half whole.",
    ]);
    client.close();
    resumedClient.close();
  });
});

describe.skipIf(!REDIS_SERVER)("a replica that is killed", () => {
  let redis: RedisServer;
  let api: RecordingApi;
  let bedrock: StandIn;
  let fixture: ServerFixture;

  beforeAll(async () => {
    [redis, api, bedrock] = await Promise.all([startRedis(), startApi(), startBedrock()]);
    fixture = await createServerFixture(bedrock, api);
  });
  afterAll(async () => {
    await fixture.remove();
    await Promise.all([redis.stop(), api.stop(), bedrock.stop()]);
  });

  test("has its turn closed by the other replica, where subscribers can send the next message", async () => {
    const [a, b] = [
      await fixture.start("--store", redis.address, "--data-dir", `${fixture.folder}/a`),
      await fixture.start("--store", redis.address, "--data-dir", `${fixture.folder}/b`),
    ];
    bedrock.script([{ text: ["Ha", "lf"], fault: { after: 3, kind: "silence" } }, { text: "Hello." }]);
    const { client: here, session } = await connect(a.url);
    here.send({ message: "hi" });
    const { seq } = await here.waitFor("text_delta");
    const there = await resume(b.url, session, seq);
    await there.waitFor("text_delta");
    await a.kill("SIGKILL");
    const snapshot = await there.waitFor("snapshot");
    expect(snapshot.messages.map(({ content }) => content)).toEqual([
      "hi",
      "(This answer was interrupted before it was complete.)",
    ]);
    expect((await there.runTurn("hi")).at(-1)).toMatchObject({ type: "ai_response", message: "Hello." });
    expect(bedrock.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
    there.close();
  }, 40_000);
});
