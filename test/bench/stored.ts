/** Measures the time that a store adds to a turn: SQLite and a local Redis compared with memory, in the same run. */
import { REDIS_SERVER, startRedis } from "../store/redis/redis-server.ts";
import { NativeClient, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithText } from "../support/scripted-model.ts";
import { formatMs, type Measurement, median } from "./measurement.ts";

const WARM_UP = 150;
const TURNS = 300;

export async function stored(): Promise<readonly Measurement[]> {
  const redis = REDIS_SERVER ? await startRedis() : undefined;
  // The default of Redis. The test server otherwise writes every command to disk.
  await redis?.send("CONFIG", "SET", "appendfsync", "everysec");
  const stores = [
    { name: "memory", address: "memory", maxMs: 0 },
    { name: "SQLite", address: "sqlite", maxMs: 1 },
    ...(redis ? [{ name: "Redis", address: redis.address, maxMs: 2 }] : []),
  ];
  const opened = await Promise.all(
    stores.map(async ({ name, address, maxMs }) => {
      const specchat = await startSpecchat({
        argv: ["--store", address],
        model: createScriptedModel(() => replyWithText("Hello.")),
      });
      const client = await NativeClient.connect(specchat.url);
      await client.next();
      return { name, maxMs, specchat, client, durations: [] as number[] };
    }),
  );
  for (let turn = 0; turn < WARM_UP + TURNS; turn++)
    for (const { client, durations } of opened) {
      const begin = performance.now();
      await client.runTurn("hi");
      durations.push(performance.now() - begin);
    }
  const medians = opened.map(({ durations }) => median(durations.slice(WARM_UP)));
  for (const { client, specchat } of opened) {
    client.close();
    await specchat.stop();
  }
  await redis?.stop();
  const [memory = Number.NaN] = medians;
  return opened.slice(1).map(({ name, maxMs }, index) => {
    const added = (medians[index + 1] ?? Number.NaN) - memory;
    return {
      name: `p50 added to a turn by ${name}`,
      value: formatMs(added),
      ratio: { of: added / maxMs, to: `${maxMs} ms over the turn in memory`, target: 1 },
    };
  });
}
