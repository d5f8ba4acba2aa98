/** Real faults of a store: what health says, which status clients get, and that all is well afterwards without a restart. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { REDIS_SERVER, type RedisServer, startRedis } from "../store/redis/redis-server.ts";
import {
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, USAGE } from "../support/scripted-model.ts";
import { createServerFixture, type ServerFixture } from "../support/server-process.ts";

const END = { type: "end", stopReason: "end_turn", usage: USAGE } as const;
let clock = Date.now();

describe.skipIf(!REDIS_SERVER)("Redis", () => {
  let redis: RedisServer;
  let specchat: Specchat;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(() => specchat.stop());
  afterAll(() => redis.stop());

  test.each([
    [
      "is out of memory",
      ["CONFIG", "SET", "maxmemory", "1"],
      ["CONFIG", "SET", "maxmemory", "0"],
      "no space",
    ],
    ["became a read-only replica", ["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"], "read-only"],
    [
      "has the data of another program at a key",
      ["SET", "specchat:ids", "x"],
      ["DEL", "specchat:ids"],
      "Another program",
    ],
    [
      "has a text of another program in place of a counter",
      ["SET", "specchat:fence", "x"],
      ["DEL", "specchat:fence"],
      "Another program",
    ],
  ] as const)(
    "When Redis %s, health is degraded and requests are refused, until it is well.",
    async (_, cause, cure, words) => {
      specchat = await startSpecchat({
        model: createScriptedModel(() => [{ type: "text", text: "Well." }, END]),
        argv: ["--store", redis.address, "--model", MODEL],
        ports: { now: () => new Date(clock) },
      });
      const run = async (command: readonly string[]) => {
        const [name = "", ...parameters] = command;
        await redis.send(name, ...parameters);
      };
      const observe = async () => {
        clock += 5000;
        return {
          turn: await runTurn(specchat.url),
          chat: await chat(specchat.url),
          health: await readHealth(specchat.url),
        };
      };
      const well = {
        turn: { type: "ai_response" },
        chat: 200,
        health: [{ code: 200 }, { code: 200 }, { code: 200 }],
      };
      expect(await observe()).toMatchObject(well);
      await run(cause);
      const problem = expect.stringContaining(words);
      expect(await observe()).toMatchObject({
        turn: { type: "error", code: "store_unavailable" },
        chat: 503,
        health: [
          { code: 200, status: "degraded", problem },
          { code: 200, status: "degraded", problem },
          { code: 503, status: "not ready", problem },
        ],
      });
      await run(cure);
      expect(await observe()).toMatchObject(well);
    },
  );
});

const prlimit = Bun.which("prlimit");

// In CI a missing program fails.
describe.skipIf(!prlimit && process.env.CI !== "true")("SQLite", () => {
  let bedrock: StandIn;
  let api: RecordingApi;
  let fixture: ServerFixture;
  beforeAll(async () => {
    [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
    bedrock.script(() => ({ text: "Well." }));
    fixture = await createServerFixture(bedrock, api);
  });
  afterAll(async () => {
    await fixture.remove();
    await Promise.all([bedrock.stop(), api.stop()]);
  });

  test("Without space for the file, health is degraded and requests are refused, until there is space.", async () => {
    const { url: address, pid } = await fixture.start();
    const url = new URL(address).origin;
    const limitFileSize = (bytes: string) =>
      Bun.spawnSync([prlimit ?? "", "--pid", `${pid}`, `--fsize=${bytes}:unlimited`]).success;
    const message = "A long message. ".repeat(600);
    expect([await chat(url, message), (await readHealth(url)).map(({ status }) => status)]).toEqual([
      200,
      ["healthy", "healthy", "ready"],
    ]);
    // At the present size of the log, a checkpoint would make space again.
    expect(limitFileSize("4096")).toBe(true);
    expect(await chat(url, message)).toBe(503);
    const problem = expect.stringContaining("no space");
    expect(await waitForHealth(url, ({ code }) => code === 503)).toEqual([
      { code: 200, status: "degraded", problem },
      { code: 200, status: "degraded", problem },
      { code: 503, status: "not ready", problem },
    ]);
    expect([await chat(url, message), limitFileSize("unlimited")]).toEqual([503, true]);
    await waitForHealth(url, ({ code }) => code === 200);
    expect([await chat(url, message), (await readHealth(url)).map(({ status }) => status)]).toEqual([
      200,
      ["healthy", "healthy", "ready"],
    ]);
  });
});

/** Resolves to all health results once that of `/readyz` is as expected. A server checks its store every few seconds. */
async function waitForHealth(url: string, isExpected: (readiness: HealthResult) => boolean) {
  for (;;) {
    const results = await readHealth(url);
    if (results.slice(-1).every(isExpected)) return results;
    await Bun.sleep(100);
  }
}

/** Returns the last frame of a turn in a new session. */
async function runTurn(url: string) {
  const client = await NativeClient.connect(url);
  const frame = (await client.runTurn("hi")).at(-1);
  client.close();
  return frame;
}

async function chat(url: string, message = "hi"): Promise<number> {
  const response = await fetch(`${url}/api/v1/chat`, { method: "POST", body: JSON.stringify({ message }) });
  await response.text();
  return response.status;
}

interface HealthResult {
  readonly code: number;
  readonly status: string;
  readonly problem: string | undefined;
}

/** Reads all health URLs. */
async function readHealth(url: string): Promise<readonly HealthResult[]> {
  return await Promise.all(
    ["/health", "/bedrock-chat/health", "/readyz"].map(async (path) => {
      const response = await fetch(`${url}${path}`);
      const { status, problem, problems, details } = await response.json();
      return { code: response.status, status, problem: problem ?? problems?.[0] ?? details?.store };
    }),
  );
}
