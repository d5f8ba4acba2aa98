/** From the executable's start to its first health answer. Baseline: Bun starting an empty server. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { compareSamples } from "../harness/compare.ts";
import { buildExecutable } from "../harness/executable.ts";
import { findFreePort } from "../harness/free-port.ts";
import type { Bench } from "../harness/types.ts";
import type { Measurement } from "../measurement.ts";

const things = `${import.meta.dir}/../../fixtures/things.yaml`;
const EMPTY_SERVER = "Bun.serve({ port: 0, fetch: () => new Response() }).stop()";
const BASELINE = "Bun starting an empty server";
/** Starts in a round of the other figures, which take longer. */
const STARTS = 3;

interface Start {
  readonly ms: number;
  /** CPU time of all threads. */
  readonly cpuMs: number;
}

export async function start(bench: Bench): Promise<readonly Measurement[]> {
  const folder = await mkdtemp(`${tmpdir()}/specchat-start-`);
  const servers = new Map<string, () => Promise<Start>>();
  const executable = await buildExecutable();
  servers.set("specchat", () => measureHealthy(executable, folder));
  const { against } = bench;
  if (against) servers.set(against.name, () => measureHealthy(against.executable, folder));
  servers.set(BASELINE, () => measureExit([process.execPath, "-e", EMPTY_SERVER], folder));
  const samples = new Map(
    [...servers.keys()].map((name) => [name, { ms: [] as number[], cpuMs: [] as number[] }]),
  );
  for (let round = 0; round <= bench.rounds * STARTS; round++)
    for (const [name, measure] of servers) {
      const { ms, cpuMs } = await measure();
      // The first start reads the file from the disk.
      if (round === 0) continue;
      samples.get(name)?.ms.push(ms);
      samples.get(name)?.cpuMs.push(cpuMs);
    }
  await rm(folder, { recursive: true });
  return [
    compareSamples(samples, {
      name: "start to the first health answer, small document",
      unit: "ms",
      metric: "ms",
      target: { of: BASELINE, atMost: 6 },
    }),
    compareSamples(samples, { name: "CPU time of a start", unit: "ms", metric: "cpuMs" }),
  ];
}

async function measureExit(command: string[], cwd: string): Promise<Start> {
  const begin = performance.now();
  const child = Bun.spawn(command, { cwd, stdout: "ignore" });
  await child.exited;
  return { ms: performance.now() - begin, cpuMs: readCpuMs(child) };
}

async function measureHealthy(executable: string, cwd: string): Promise<Start> {
  const port = findFreePort();
  const begin = performance.now();
  const child = Bun.spawn(
    [executable, "--spec", things, "--model", "demo", "--port", String(port), "--data-dir", cwd],
    { cwd, env: { HOME: cwd }, stdout: "ignore", stderr: "ignore" },
  );
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/bedrock-chat/health`).catch(() => undefined);
    if (response?.ok) break;
    await Bun.sleep(1);
  }
  const ms = performance.now() - begin;
  child.kill("SIGKILL");
  await child.exited;
  return { ms, cpuMs: readCpuMs(child) };
}

function readCpuMs(child: Bun.Subprocess): number {
  return Number(child.resourceUsage()?.cpuTime.total ?? 0n) / 1000;
}
