/** Reloads GitHub's document while a server answers requests. Baseline: reading it on the thread that serves. */

import { startSpecchat } from "../support/harness.ts";
import { GITHUB_DOCUMENT, loadGitHubTools } from "./github.ts";
import { formatMs, type Measurement, median } from "./measurement.ts";
import { measureStall, type Stall } from "./stall.ts";

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

/** Sends requests one after another from a thread of its own. */
function startTraffic(url: string): Worker {
  const code = `for (;;) { const response = await fetch(${JSON.stringify(url)}); await response.text(); await Bun.sleep(2); }`;
  return new Worker(URL.createObjectURL(new Blob([code], { type: "application/javascript" })));
}
