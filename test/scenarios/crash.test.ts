/** Servers killed at any moment: what was acknowledged stays, nothing is done twice, every history can be gone on from. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { HistoryMessage, ServerFrame } from "../../src/protocols/native/types.ts";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { REDIS_SERVER, type RedisServer, startRedis } from "../store/redis/redis-server.ts";
import { NativeClient, type RecordingApi, startApi } from "../support/harness.ts";
import { createServerFixture, type ServerFixture, type ServerProcess } from "../support/server-process.ts";

let bedrock: StandIn;
let api: RecordingApi;
let place: ServerFixture;

/** Each question is answered by creating a thing of its name, then a word; both take a moment. */
function answerOf({ body }: { body: Readonly<Record<string, unknown>> }) {
  const messages = body.messages as { content: { text?: string; toolResult?: object }[] }[];
  const content = messages.at(-1)?.content ?? [];
  const beforeEvent = () => Bun.sleep(Math.random() * 8);
  if (content.some((block) => block.toolResult)) return { text: ["do", "ne"], beforeEvent };
  const asked = content.flatMap(({ text }) => text ?? []).at(-1) ?? "";
  return { text: "now", calls: [{ name: "createThing", input: { name: asked } }], beforeEvent };
}

beforeAll(async () => {
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  bedrock.script(answerOf);
  place = await createServerFixture(bedrock, api);
});

afterAll(async () => {
  await place.remove();
  await Promise.all([bedrock.stop(), api.stop()]);
});

/** What one client of a session saw over all its connections. */
class Witness {
  readonly asked: string[] = [];
  readonly begun = new Set<string>();
  readonly answered = new Set<string>();
  readonly problems: string[] = [];
  session = "";
  lastSeq = 0;
  #client: NativeClient | undefined;
  #seen = 0;

  async connect(url: string): Promise<void> {
    this.#client = await NativeClient.connect(url);
    this.#seen = 0;
    const { session_id } = await this.#client.waitFor("connection_established");
    if (this.lastSeq === 0) {
      // Nothing of the one before was acknowledged, so there need not be such a session.
      this.session = session_id;
    } else {
      this.#client.send({ type: "resume", session_id: this.session, last_seq: this.lastSeq });
      expect(await this.#client.waitFor("connection_established", "error")).toMatchObject({ resumed: true });
    }
    this.#client.send({ type: "ping" });
    await this.#client.waitFor("pong");
    this.take();
  }

  ask(name: string): void {
    this.asked.push(name);
    this.#client?.send({ message: name });
  }

  /** Resolves when the turn that runs, if any, has ended. */
  async ended(): Promise<void> {
    await this.#client?.waitFor("ai_response", "error", "snapshot");
    this.take();
  }

  leave(): void {
    this.take();
    this.#client?.close();
  }

  async history(): Promise<readonly HistoryMessage[]> {
    this.#client?.send({ type: "history" });
    return (await this.#client?.waitFor("history"))?.messages ?? [];
  }

  /** Looks at what has come since the last time. */
  take(): void {
    for (const frame of this.#client?.frames.slice(this.#seen) ?? []) this.#look(frame);
    this.#seen = this.#client?.frames.length ?? 0;
  }

  #look(frame: ServerFrame): void {
    if (frame.type === "snapshot") {
      this.lastSeq = frame.seq;
      return;
    }
    if (!("seq" in frame)) return;
    if (frame.seq !== this.lastSeq + 1) this.problems.push(`${frame.seq} came after ${this.lastSeq}`);
    this.lastSeq = frame.seq;
    const name = this.asked.at(-1) ?? "";
    if (frame.type === "typing") this.begun.add(frame.question?.content ?? name);
    if (frame.type === "ai_response") this.answered.add(name);
  }
}

function inspect(witness: Witness, history: readonly HistoryMessage[]) {
  const questions = history.filter(({ role }) => role === "user").map(({ content }) => content);
  const counts = new Map(questions.map((name) => [name, questions.filter((one) => one === name).length]));
  const answers = new Set(
    history.flatMap(({ content }, index) => {
      if (content !== "done") return [];
      return [history.slice(0, index).findLast(({ role }) => role === "user")?.content ?? ""];
    }),
  );
  const calls = history.flatMap(({ tool_calls }) => tool_calls);
  const results = history.flatMap(({ tool_results }) => tool_results);
  return {
    problems: witness.problems,
    lostQuestions: [...witness.begun].filter((name) => counts.get(name) !== 1),
    lostAnswers: [...witness.answered].filter((name) => !answers.has(name)),
    callsWithoutResult: calls.length - results.length,
  };
}

const WELL = { problems: [], lostQuestions: [], lostAnswers: [], callsWithoutResult: 0 };

function madeTwice(): readonly string[] {
  return api.requests.filter((request, index) => api.requests.indexOf(request) !== index);
}

test("150 kills of a server with SQLite: nothing acknowledged is lost, nothing is done twice, and every history goes on", async () => {
  const witness = new Witness();
  let server = await place.start("--approve", "none");
  for (let round = 0; round < 150; round++) {
    await witness.connect(server.url);
    witness.ask(`one-${round}`);
    await Bun.sleep(Math.random() * 90);
    await server.kill("SIGKILL");
    witness.leave();
    server = await place.start("--approve", "none");
  }
  await witness.connect(server.url);
  witness.ask("last");
  await witness.ended();
  expect(witness.answered.has("last")).toBe(true);
  expect(inspect(witness, await witness.history())).toEqual(WELL);
  expect([madeTwice(), bedrock.requests.filter(({ refusal }) => refusal !== undefined)]).toEqual([[], []]);
  expect(witness.answered.size).toBeLessThan(151);
  witness.leave();
  await server.kill("SIGTERM");
}, 400_000);

describe.skipIf(!REDIS_SERVER)("two replicas and one Redis", () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  test("5 kills of a replica with ten sessions each: all go on at the other, without loss, gap or repeat", async () => {
    const start = (name: string) =>
      place.start("--approve", "none", "--store", redis.address, "--data-dir", `${place.folder}/${name}`);
    const witnesses = Array.from({ length: 10 }, () => new Witness());
    let [dying, other]: [ServerProcess, ServerProcess] = [await start("r0"), await start("r1")];
    for (let kill = 0; kill < 5; kill++) {
      await Promise.all(witnesses.map((witness) => witness.connect(dying.url)));
      witnesses.forEach((witness, index) => {
        witness.ask(`many-${kill}-${index}`);
      });
      await Bun.sleep(Math.random() * 120);
      await dying.kill("SIGKILL");
      for (const witness of witnesses) witness.leave();
      await Promise.all(witnesses.map((witness) => witness.connect(other.url)));
      [dying, other] = [other, await start(`r${kill + 2}`)];
    }
    await Promise.all(
      witnesses.map(async (witness, index) => {
        witness.ask(`final-${index}`);
        while (!witness.answered.has(`final-${index}`)) await witness.ended();
      }),
    );
    const found = await Promise.all(
      witnesses.map(async (witness) => inspect(witness, await witness.history())),
    );
    expect(found).toEqual(witnesses.map(() => WELL));
    expect([madeTwice(), bedrock.requests.filter(({ refusal }) => refusal !== undefined)]).toEqual([[], []]);
    for (const witness of witnesses) witness.leave();
    await Promise.all([dying.kill("SIGTERM"), other.kill("SIGTERM")]);
  }, 300_000);
});
