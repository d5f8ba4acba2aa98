/** What keeping a conversation adds to a turn: SQLite and a local Redis beside memory, turn by turn in the same run. */

import { REDIS_SERVER, startRedis } from "../store/redis/redis-server.ts";
import { NativeClient, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithText } from "../support/scripted-model.ts";
import { formatMs, type Measurement, median } from "./figure.ts";

const WARM_UP = 150;
const TURNS = 300;

export async function stored(): Promise<readonly Measurement[]> {
  const redis = REDIS_SERVER ? await startRedis() : undefined;
  // As Redis is set up by default; the tests have it write through to the disk at every command.
  await redis?.send("CONFIG", "SET", "appendfsync", "everysec");
  const stores = [
    { name: "memory", address: "memory", allowed: 0 },
    { name: "SQLite", address: "sqlite", allowed: 1 },
    ...(redis ? [{ name: "Redis", address: redis.address, allowed: 2 }] : []),
  ];
  const opened = await Promise.all(
    stores.map(async ({ name, address, allowed }) => {
      const specchat = await startSpecchat({
        argv: ["--store", address],
        model: createScriptedModel(() => replyWithText("Hello.")),
      });
      const client = await NativeClient.connect(specchat.url);
      await client.next();
      return { name, allowed, specchat, client, taken: [] as number[] };
    }),
  );
  for (let turn = 0; turn < WARM_UP + TURNS; turn++)
    for (const { client, taken: durations } of opened) {
      const begin = performance.now();
      await client.runTurn("hi");
      durations.push(performance.now() - begin);
    }
  const medians = opened.map(({ taken }) => median(taken.slice(WARM_UP)));
  for (const { client, specchat } of opened) {
    client.close();
    await specchat.stop();
  }
  await redis?.stop();
  const [memory = Number.NaN] = medians;
  return opened.slice(1).map(({ name, allowed }, index) => {
    const added = (medians[index + 1] ?? Number.NaN) - memory;
    return {
      name: `a turn kept in ${name}, added p50`,
      value: formatMs(added),
      ratio: { of: added / allowed, to: `${allowed} ms over the same turn in memory`, target: 1 },
    };
  });
}
