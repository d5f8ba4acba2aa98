/** What a turn, the list and a search cost when one caller has 50,000 stored sessions. Baseline: the same server with 10. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareSamples } from "../harness/compare.ts";
import { measureTurnCpu } from "../harness/cpu-per-turn.ts";
import { readCpuSeconds } from "../harness/process-usage.ts";
import { measureRounds } from "../harness/rounds.ts";
import { seedSessions } from "../harness/seed.ts";
import { findCommand, startSpecchat } from "../harness/servers.ts";
import type { Bench, Server } from "../harness/types.ts";
import type { Measurement } from "../measurement.ts";

const SESSIONS = 50_000;
const FEW = 10;
const LIMIT = 1.1;
const CLIENTS = 32;
/** A word of no message. */
const ABSENT = "xylophone";

export async function storedSessions(bench: Bench): Promise<readonly Measurement[]> {
  const sessions = bench.isQuick ? SESSIONS / 10 : SESSIONS;
  const folders = await Promise.all([createFolder(bench, sessions), createFolder(bench, FEW)]);
  const start = (dataFolder: string) => (modelUrl: string) => startSpecchat(bench, { modelUrl, dataFolder });
  const few = `${FEW} sessions`;
  const samples = await measureRounds({
    servers: { many: start(folders[0]), [few]: start(folders[1]) },
    rounds: bench.rounds,
    async measure(site) {
      await site.model.set({ deltas: 20, intervalMs: 0, callsTool: false });
      return {
        turn: await measureTurnCpu(site, CLIENTS, 6),
        list: await measureRequests(site.server, "?limit=30", 300),
        search: await measureRequests(site.server, "?search=shipping", 100),
        absent: await measureRequests(site.server, `?search=${ABSENT}`, 10),
      };
    },
  });
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
  const suffix = `with ${sessions.toLocaleString("en")} stored sessions`;
  const target = { of: few, atMost: LIMIT };
  const unit = "ms of CPU";
  return [
    compareSamples(samples, { name: `a turn ${suffix}`, unit, metric: "turn", target }),
    compareSamples(samples, { name: `the list ${suffix}`, unit, metric: "list", target }),
    compareSamples(samples, { name: `a search ${suffix}`, unit, metric: "search", target }),
    compareSamples(samples, { name: `a search without a hit ${suffix}`, unit, metric: "absent", target }),
  ];
}

async function createFolder(bench: Bench, own: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "specchat-seeded-"));
  await seedSessions(await findCommand(bench), folder, own);
  return folder;
}

/** Returns the milliseconds of CPU time of a request for the list of sessions. */
async function measureRequests({ url, pid, headers }: Server, query: string, count: number): Promise<number> {
  const before = readCpuSeconds(pid);
  for (let request = 0; request < count; request++) {
    const response = await fetch(`${url}/bedrock-chat/sessions${query}`, { headers });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`sessions${query}: status ${response.status}`);
  }
  return Math.max(((readCpuSeconds(pid) - before) * 1000) / count, 10 / count);
}
