/** What a turn costs with each store. Baseline: the same server with its sessions in memory. */
import { REDIS_SERVER, startRedis } from "../../store/redis/redis-server.ts";
import { compareSamples } from "../harness/compare.ts";
import { measureTurnCpu } from "../harness/cpu-per-turn.ts";
import { measureRounds, type Starters } from "../harness/rounds.ts";
import { startSpecchat } from "../harness/servers.ts";
import type { Bench } from "../harness/types.ts";
import type { Measurement } from "../measurement.ts";

const SESSIONS = 64;
const BASELINE = "memory";
/** Store → its cost at most. Redis is left out where there is none. */
const LIMITS: Readonly<Record<string, number>> = { SQLite: 1.2, Redis: 1.5 };

export async function stores(bench: Bench): Promise<readonly Measurement[]> {
  const redis = REDIS_SERVER ? await startRedis() : undefined;
  // The default of Redis. The test server otherwise writes every command to disk.
  await redis?.send("CONFIG", "SET", "appendfsync", "everysec");
  const start = (store: string) => (modelUrl: string) =>
    startSpecchat(bench, { modelUrl, argv: ["--store", store] });
  const servers: Starters = {
    SQLite: start("sqlite"),
    ...(redis && { Redis: start(redis.address) }),
    [BASELINE]: start("memory"),
  };
  const samples = await measureRounds({
    servers,
    rounds: bench.rounds,
    async measure(site) {
      await site.model.set({ deltas: 20, intervalMs: 0, callsTool: false });
      return { cpuMs: await measureTurnCpu(site, SESSIONS, bench.isQuick ? 4 : 8) };
    },
  });
  await redis?.stop();
  const memory = samples.get(BASELINE);
  return Object.entries(LIMITS).flatMap(([store, atMost]) => {
    const own = samples.get(store);
    if (!own || !memory) return [];
    const pair = new Map([
      [store, own],
      [BASELINE, memory],
    ]);
    const name = `a turn stored in ${store}`;
    const target = { of: BASELINE, atMost };
    return [compareSamples(pair, { name, unit: "ms of CPU", metric: "cpuMs", target })];
  });
}
