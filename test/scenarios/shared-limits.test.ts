/** Limits over two replicas with one Redis, through the front door. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { REDIS_SERVER, type RedisServer, startRedis } from "../store/redis/redis-server.ts";
import { MODEL, NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithText, type Script, USAGE } from "../support/scripted-model.ts";

const END = { type: "end", stopReason: "end_turn", usage: USAGE } as const;

describe.skipIf(!REDIS_SERVER)("two replicas and one Redis", () => {
  let redis: RedisServer;
  let replicas: Specchat[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(() => redis.send("FLUSHDB"));
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    replicas = [];
  });

  /** Starts two replicas and returns a function that asks one of them and returns its status. */
  async function start(limits: string, script: () => Script = () => replyWithText("Hello.")) {
    replicas = await Promise.all(
      [0, 1].map(() =>
        startSpecchat({
          argv: ["--model", MODEL, "--store", redis.address, "--caller-limits", limits],
          model: createScriptedModel(script),
        }),
      ),
    );
    return async (replica: 0 | 1) => {
      const response = await fetch(`${replicas[replica]?.url}/v1/chat/completions`, {
        method: "POST",
        body: JSON.stringify({ model: MODEL, messages: [{ role: "user", content: "hi" }] }),
      });
      await response.text();
      return response.status;
    };
  }

  test("Of requests at the same time to both replicas, exactly as many are answered as the limit has.", async () => {
    const ask = await start("5/hour");
    const statuses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => ask(index % 2 === 0 ? 0 : 1)),
    );
    expect(statuses.toSorted()).toEqual([...Array(5).fill(200), ...Array(15).fill(429)]);
  });

  test("A budget that one replica has used up is used up at the other, and after its restart.", async () => {
    const ask = await start("30 tokens/day");
    expect([await ask(0), await ask(1), await ask(0), await ask(1)]).toEqual([200, 200, 429, 429]);
    await Promise.all(replicas.map((replica) => replica.stop()));
    const askAgain = await start("30 tokens/day");
    expect(await askAgain(1)).toBe(429);
  });

  test("A turn that runs at one replica takes its place at the other, until it ends.", async () => {
    const gate = Promise.withResolvers<void>();
    const ask = await start("1 turns", () => [{ type: "text", text: "Hel" }, gate.promise, END]);
    const client = await NativeClient.connect(replicas[0]?.url ?? "");
    client.send({ message: "hi" });
    await client.waitFor("text_delta");
    expect(await ask(1)).toBe(429);
    gate.resolve();
    await client.waitFor("ai_response");
    // The client learns the end before Redis knows that the place is free.
    while (await redis.send("EXISTS", "specchat:turns:network:127.0.0.1")) await Bun.sleep(5);
    expect(await ask(1)).toBe(200);
    client.close();
  });

  test("While Redis is down each replica counts on its own, and the log says so once.", async () => {
    const ask = await start("2/hour,1000 tokens/day");
    expect(await ask(0)).toBe(200);
    await redis.kill();
    expect([await ask(0), await ask(0), await ask(0), await ask(1)]).toEqual([200, 200, 429, 200]);
    const logged = replicas.map(({ log }) => log.filter((line) => line.includes("store of limits")).length);
    expect(logged).toEqual([1, 1]);
    await redis.start();
  });
});
