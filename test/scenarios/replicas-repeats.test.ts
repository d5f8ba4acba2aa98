/** Requests that clients repeat at another replica, and clients that go on there. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { REDIS_SERVER, type RedisServer, startRedis } from "../store/redis/redis-server.ts";
import {
  MODEL,
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
} from "../support/scripted-model.ts";

describe.skipIf(!REDIS_SERVER)("two replicas and one Redis:", () => {
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
  async function start(first: readonly Script[], second: readonly Script[] = []) {
    for (const scripts of [first, second])
      replicas.push(
        await startSpecchat({
          argv: [
            ...["--spec", api.spec, "--base-url", api.url, "--model", MODEL],
            ...["--store", redis.address, "--approve", "none"],
          ],
          model: createScriptedModel(scripts),
        }),
      );
    return replicas.map(({ url }) => url) as [string, string];
  }

  const write = replyWithCalls(["c1", "createThing", { body: { name: "x" } }]);
  const writes = () => api.requests.filter((request) => request.startsWith("POST"));
  const chat = crypto.randomUUID();

  const post = async (url: string, path: string, body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body), headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const completion = { model: MODEL, stream: true, messages: [{ role: "user", content: "create a thing" }] };
  const key = () => ({ "Idempotency-Key": crypto.randomUUID() });
  const uiMessage = (id: string, text: string) => ({
    id,
    role: "user",
    parts: [{ type: "text", text }],
  });
  const uiReply = (text: string) => ({ id: "r", role: "assistant", parts: [{ type: "text", text }] });

  test("A finished request with an Idempotency-Key is answered by the other with its response.", async () => {
    const [a, b] = await start([write, replyWithText("Created.")]);
    const headers = key();
    const first = await post(a, "/v1/chat/completions", completion, headers);
    const second = await post(b, "/v1/chat/completions", completion, headers);
    expect(first.text).toContain("Created.");
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(second.headers.get("content-type")).toBe(first.headers.get("content-type"));
    const other = await post(b, "/v1/chat/completions", { ...completion, stream: false }, headers);
    expect(other.status).toBe(422);
    expect(writes()).toHaveLength(1);
  });

  test("A running one is refused by the other until it has ended.", async () => {
    const gate = Promise.withResolvers<void>();
    const [a, b] = await start([write, [gate.promise, ...replyWithText("Created.")]]);
    const headers = key();
    const first = post(a, "/v1/chat/completions", completion, headers);
    while (writes().length === 0) await Bun.sleep(5);
    const refused = await post(b, "/v1/chat/completions", completion, headers);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([409, "2"]);
    expect(refused.text).toContain("still running in another process");
    gate.resolve();
    const { text } = await first;
    let second = refused;
    while (second.status === 409) second = await post(b, "/v1/chat/completions", completion, headers);
    expect(second.text).toBe(text);
    expect(writes()).toHaveLength(1);
  });

  test("A temporary failure frees the key for the other.", async () => {
    const [a, b] = await start([], [write, replyWithText("Created.")]);
    const headers = key();
    const body = { ...completion, stream: false };
    expect((await post(a, "/v1/chat/completions", body, headers)).status).toBe(500);
    expect((await post(b, "/v1/chat/completions", body, headers)).text).toContain("Created.");
  });

  test("A message of the AI SDK joins its turn at the other, running and finished.", async () => {
    const gate = Promise.withResolvers<void>();
    const [a, b] = await start([write, [gate.promise, ...replyWithText("Created.")]]);
    const body = { id: crypto.randomUUID(), messages: [uiMessage("m1", "create a thing")] };
    const first = post(a, "/bedrock-chat/ai", body);
    while (writes().length === 0) await Bun.sleep(5);
    const second = post(b, "/bedrock-chat/ai", body);
    await Bun.sleep(50);
    gate.resolve();
    const { text } = await first;
    expect(text).toContain("Created.");
    expect((await second).text).toBe(text);
    expect((await post(b, "/bedrock-chat/ai", body)).text).toBe(text);
    expect(writes()).toHaveLength(1);
  });

  test("Two messages of the AI SDK with one id at the same time make one turn.", async () => {
    const [a, b] = await start([write, replyWithText("Created.")], [write, replyWithText("Created.")]);
    const body = { id: crypto.randomUUID(), messages: [uiMessage("m1", "create a thing")] };
    const texts = await Promise.all(
      [a, b].map(async (url) => (await post(url, "/bedrock-chat/ai", body)).text),
    );
    expect(writes()).toHaveLength(1);
    expect(texts.filter((text) => text.includes("Created."))).not.toEqual([]);
  });

  test("A native message with an id gets the end of its turn at the other.", async () => {
    const [a, b] = await start([write, replyWithText("Created.")]);
    const message = { type: "message", message: "create a thing", id: "m1" };
    const here = await NativeClient.connect(a);
    const { session_id } = await here.waitFor("connection_established");
    here.send(message);
    const end = await here.waitFor("ai_response");
    const there = await NativeClient.connect(b);
    await there.waitFor("connection_established");
    there.send({ type: "resume", session_id, last_seq: end.seq });
    await there.waitFor("connection_established");
    there.send(message);
    expect({ ...(await there.waitFor("ai_response")), session_cost_usd: 0 }).toEqual({
      ...end,
      session_cost_usd: 0,
    });
    expect(writes()).toHaveLength(1);
    here.close();
    there.close();
  });

  test("After a stop, the next message at the other does not wait for the abandoned reply.", async () => {
    const never = new Promise<void>(() => {});
    const [a, b] = await start([[{ type: "text", text: "Once" }, never]], [replyWithText("Hello.")]);
    const abort = new AbortController();
    const body = { id: chat, messages: [uiMessage("m1", "A story")] };
    const response = await fetch(`${a}/bedrock-chat/ai`, {
      method: "POST",
      body: JSON.stringify(body),
      signal: abort.signal,
    });
    for await (const chunk of response.body ?? []) if (Buffer.from(chunk).includes("Once")) break;
    abort.abort();
    const next = { id: chat, messages: [...body.messages, uiReply("Once"), uiMessage("m2", "Hi")] };
    expect((await post(b, "/bedrock-chat/ai", next)).text).toContain("Hello.");
  });

  test("An edit at the other replaces the history for both.", async () => {
    const [a, b] = await start([replyWithText("1"), replyWithText("3")], [replyWithText("2")]);
    const id = crypto.randomUUID();
    await post(a, "/bedrock-chat/ai", { id, messages: [uiMessage("m1", "one")] });
    const edited = { id, messageId: "m1", messages: [uiMessage("m1", "ONE")] };
    expect((await post(b, "/bedrock-chat/ai", edited)).text).toContain("2");
    await post(a, "/bedrock-chat/ai", { id, messages: [uiMessage("m3", "three")] });
    const stored = await replicas[0]?.app.store.read(
      (await Array.fromAsync(replicas[0].app.store.ids())).find((name) => name === id) as never,
    );
    const questions = stored?.messages.flatMap((one) => (one.role === "user" ? [one.text] : []));
    expect(questions).toEqual(["ONE", "three"]);
  });
});
