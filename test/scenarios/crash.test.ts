/** Kills servers at random moments. Acknowledged data stays, no call runs twice, and every session can continue. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { HistoryMessage, ServerFrame } from "../../src/protocols/native/types.ts";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { REDIS_SERVER, type RedisServer, startRedis } from "../store/redis/redis-server.ts";
import { NativeClient, type RecordingApi, startApi } from "../support/harness.ts";
import { createServerFixture, type ServerFixture, type ServerProcess } from "../support/server-process.ts";

let bedrock: StandIn;
let api: RecordingApi;
let fixture: ServerFixture;

/** Replies to each message with a call that creates a thing of that name, then with a text. Both take a moment. */
function replyTo({ body }: { body: Readonly<Record<string, unknown>> }) {
  const messages = body.messages as { content: { text?: string; toolResult?: object }[] }[];
  const content = messages.at(-1)?.content ?? [];
  const beforeEvent = () => Bun.sleep(Math.random() * 8);
  if (content.some((block) => block.toolResult)) return { text: ["do", "ne"], beforeEvent };
  const name = content.flatMap(({ text }) => text ?? []).at(-1) ?? "";
  return { text: "now", calls: [{ name: "createThing", input: { name } }], beforeEvent };
}

beforeAll(async () => {
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  bedrock.script(replyTo);
  fixture = await createServerFixture(bedrock, api);
});

afterAll(async () => {
  await fixture.remove();
  await Promise.all([bedrock.stop(), api.stop()]);
});

/** A client of one session that records what it saw over all its connections. */
class RecordingClient {
  readonly sent: string[] = [];
  readonly started = new Set<string>();
  readonly completed = new Set<string>();
  readonly problems: string[] = [];
  session = "";
  lastSeq = 0;
  #client: NativeClient | undefined;
  #processedCount = 0;

  async connect(url: string): Promise<void> {
    this.#client = await NativeClient.connect(url);
    this.#processedCount = 0;
    const { session_id } = await this.#client.waitFor("connection_established");
    if (this.lastSeq === 0) {
      // Nothing was acknowledged on the previous connection, so its session may not exist.
      this.session = session_id;
    } else {
      this.#client.send({ type: "resume", session_id: this.session, last_seq: this.lastSeq });
      expect(await this.#client.waitFor("connection_established", "error")).toMatchObject({ resumed: true });
    }
    this.#client.send({ type: "ping" });
    await this.#client.waitFor("pong");
    this.processNewFrames();
  }

  submit(name: string): void {
    this.sent.push(name);
    this.#client?.send({ message: name });
  }

  /** Resolves when the running turn has ended. */
  async waitForEnd(): Promise<void> {
    await this.#client?.waitFor("ai_response", "error", "snapshot");
    this.processNewFrames();
  }

  disconnect(): void {
    this.processNewFrames();
    this.#client?.close();
  }

  async history(): Promise<readonly HistoryMessage[]> {
    this.#client?.send({ type: "history" });
    return (await this.#client?.waitFor("history"))?.messages ?? [];
  }

  /** Processes the frames since the last call. */
  processNewFrames(): void {
    for (const frame of this.#client?.frames.slice(this.#processedCount) ?? []) this.#process(frame);
    this.#processedCount = this.#client?.frames.length ?? 0;
  }

  #process(frame: ServerFrame): void {
    if (frame.type === "snapshot") {
      this.lastSeq = frame.seq;
      return;
    }
    if (!("seq" in frame)) return;
    if (frame.seq !== this.lastSeq + 1) this.problems.push(`${frame.seq} came after ${this.lastSeq}`);
    this.lastSeq = frame.seq;
    const name = this.sent.at(-1) ?? "";
    if (frame.type === "typing") this.started.add(frame.question?.content ?? name);
    if (frame.type === "ai_response") this.completed.add(name);
  }
}

function findDefects(client: RecordingClient, history: readonly HistoryMessage[]) {
  const userMessages = history.filter(({ role }) => role === "user").map(({ content }) => content);
  const counts = new Map(
    userMessages.map((name) => [name, userMessages.filter((one) => one === name).length]),
  );
  const replies = new Set(
    history.flatMap(({ content }, index) => {
      if (content !== "done") return [];
      return [history.slice(0, index).findLast(({ role }) => role === "user")?.content ?? ""];
    }),
  );
  const calls = history.flatMap(({ tool_calls }) => tool_calls);
  const results = history.flatMap(({ tool_results }) => tool_results);
  return {
    problems: client.problems,
    lostMessages: [...client.started].filter((name) => counts.get(name) !== 1),
    lostReplies: [...client.completed].filter((name) => !replies.has(name)),
    callsWithoutResult: calls.length - results.length,
  };
}

const NO_DEFECTS = { problems: [], lostMessages: [], lostReplies: [], callsWithoutResult: 0 };

function findRepeatedRequests(): readonly string[] {
  return api.requests.filter((request, index) => api.requests.indexOf(request) !== index);
}

test("150 kills of a server with SQLite lose nothing acknowledged, repeat no call, and the session continues", async () => {
  const client = new RecordingClient();
  let server = await fixture.start("--approve", "none");
  for (let round = 0; round < 150; round++) {
    await client.connect(server.url);
    client.submit(`one-${round}`);
    await Bun.sleep(Math.random() * 90);
    await server.kill("SIGKILL");
    client.disconnect();
    server = await fixture.start("--approve", "none");
  }
  await client.connect(server.url);
  client.submit("last");
  await client.waitForEnd();
  expect(client.completed.has("last")).toBe(true);
  expect(findDefects(client, await client.history())).toEqual(NO_DEFECTS);
  expect([findRepeatedRequests(), bedrock.requests.filter(({ refusal }) => refusal !== undefined)]).toEqual([
    [],
    [],
  ]);
  expect(client.completed.size).toBeLessThan(151);
  client.disconnect();
  await server.kill("SIGTERM");
}, 900_000);

describe.skipIf(!REDIS_SERVER)("two replicas and one Redis", () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  test("10 sessions continue on the other replica after each of 5 kills, without loss, gap or repetition", async () => {
    const start = (name: string) =>
      fixture.start("--approve", "none", "--store", redis.address, "--data-dir", `${fixture.folder}/${name}`);
    const clients = Array.from({ length: 10 }, () => new RecordingClient());
    let [dying, other]: [ServerProcess, ServerProcess] = [await start("r0"), await start("r1")];
    for (let kill = 0; kill < 5; kill++) {
      await Promise.all(clients.map((client) => client.connect(dying.url)));
      clients.forEach((client, index) => {
        client.submit(`many-${kill}-${index}`);
      });
      await Bun.sleep(Math.random() * 120);
      await dying.kill("SIGKILL");
      for (const client of clients) client.disconnect();
      await Promise.all(clients.map((client) => client.connect(other.url)));
      [dying, other] = [other, await start(`r${kill + 2}`)];
    }
    await Promise.all(
      clients.map(async (client, index) => {
        client.submit(`final-${index}`);
        while (!client.completed.has(`final-${index}`)) await client.waitForEnd();
      }),
    );
    const defects = await Promise.all(
      clients.map(async (client) => findDefects(client, await client.history())),
    );
    expect(defects).toEqual(clients.map(() => NO_DEFECTS));
    expect([findRepeatedRequests(), bedrock.requests.filter(({ refusal }) => refusal !== undefined)]).toEqual(
      [[], []],
    );
    for (const client of clients) client.disconnect();
    await Promise.all([dying.kill("SIGTERM"), other.kill("SIGTERM")]);
  }, 300_000);
});
