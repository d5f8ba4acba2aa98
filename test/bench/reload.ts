/** Reloads GitHub's document while a server answers requests. Baseline: reading it on the thread that serves. */

import { startSpecchat } from "../support/harness.ts";
import { GITHUB_DOCUMENT, loadGitHubTools } from "./github.ts";
import { formatMs, type Measurement, median } from "./measurement.ts";

const ROUNDS = 9;
const LIMIT_MS = 20;

export async function reload(): Promise<readonly Measurement[]> {
  const { app, url, stop } = await startSpecchat({
    argv: ["--spec", GITHUB_DOCUMENT, "--include-deprecated", "--model", "demo"],
  });
  const traffic = startTraffic(`${url}/livez`);
  const reloadTools = async () => {
    await app.apis.reload();
    return app.apis.current.advertised;
  };
  const rounds: { readonly serving: Stall; readonly worker: Stall }[] = [];
  for (let round = 0; round < ROUNDS; round++)
    rounds.push({
      serving: await measureStall(async () => (await loadGitHubTools()).current.advertised),
      worker: await measureStall(reloadTools),
    });
  traffic.terminate();
  await stop();
  const serving = median(rounds.map((round) => round.serving.cpuMs));
  const worker = median(rounds.map((round) => round.worker.cpuMs));
  const clockMs = median(rounds.map((round) => round.worker.clockMs));
  const baseline = `reading it on the serving thread (${formatMs(serving)})`;
  return [
    {
      name: "longest stall while GitHub's document reloads",
      value: formatMs(worker),
      ratio: { of: worker / serving, to: baseline, target: 0.2 },
    },
    {
      name: "the same, against the limit",
      value: formatMs(worker),
      ratio: { of: worker / LIMIT_MS, to: `${LIMIT_MS} ms`, target: 1 },
    },
    { name: "the same by the clock, with other processes", value: formatMs(clockMs) },
  ];
}

interface Stall {
  /** CPU time of the thread. Other processes of the machine do not count. */
  readonly cpuMs: number;
  readonly clockMs: number;
}

/** Sends requests one after another from a thread of its own. */
function startTraffic(url: string): Worker {
  const code = `for (;;) { const response = await fetch(${JSON.stringify(url)}); await response.text(); await Bun.sleep(2); }`;
  return new Worker(URL.createObjectURL(new Blob([code], { type: "application/javascript" })));
}

/** Returns the longest times between two turns of the event loop during a task. */
async function measureStall(task: () => Promise<unknown>): Promise<Stall> {
  Bun.gc(true);
  let [cpuMs, clockMs] = [0, 0];
  let [lastCpu, lastClock] = [readCpuMs(), performance.now()];
  let isRunning = true;
  const watching = (async () => {
    while (isRunning) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      const [cpu, clock] = [readCpuMs(), performance.now()];
      [cpuMs, clockMs] = [Math.max(cpuMs, cpu - lastCpu), Math.max(clockMs, clock - lastClock)];
      [lastCpu, lastClock] = [cpu, clock];
    }
  })();
  await task();
  isRunning = false;
  await watching;
  return { cpuMs, clockMs };
}

function readCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
