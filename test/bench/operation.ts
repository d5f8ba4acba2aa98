/**
 * Measures what operating costs: CPU time of turns with traces, of a scrape, and the size and idle memory of the executable.
 * Baselines: the same server without traces, Bun's executable, a bare Bun server.
 */
import { stat } from "node:fs/promises";
import { NativeClient, startApi } from "../support/harness.ts";
import { createServerFixture, type ServerProcess } from "../support/server-process.ts";
import { startCollector } from "../telemetry/collector.ts";
import { buildExecutable } from "./harness/executable.ts";
import { readCpuSeconds, readResidentKb } from "./harness/process-usage.ts";
import { formatMs, type Measurement, median } from "./measurement.ts";
import { startStandIn } from "./stand-in-process.ts";

const ROUNDS = 9;
const CLIENTS = 16;
const TURNS = 12;

export async function operation(): Promise<readonly Measurement[]> {
  return [...(await measureTelemetry()), ...(await measureExecutable())];
}

async function measureTelemetry(): Promise<readonly Measurement[]> {
  const [standIn, api, collector] = await Promise.all([startStandIn(), startApi(), startCollector()]);
  const fixtures = await Promise.all([createServerFixture(standIn, api), createServerFixture(standIn, api)]);
  const [plain, traced] = await Promise.all([
    fixtures[0].start(),
    fixtures[1].start("--phoenix-endpoint", collector.url, "--trace-sample", "0.1"),
  ]);
  const clients = await Promise.all([connectAll(plain), connectAll(traced)]);
  const ratios: number[] = [];
  const scrapes: number[] = [];
  for (let round = 0; round < ROUNDS + 2; round++) {
    const without = await measureTurns(plain, clients[0]);
    const withTraces = await measureTurns(traced, clients[1]);
    if (round < 2) continue;
    ratios.push(withTraces / without);
    scrapes.push(await measureScrape(plain));
  }
  for (const client of clients.flat()) client.close();
  await Promise.all(fixtures.map((fixture) => fixture.remove()));
  await Promise.all([standIn.stop(), api.stop(), collector.stop()]);
  return [
    {
      name: "CPU time of turns with traces, sampled 10 %",
      value: `${ratios.map((ratio) => ratio.toFixed(2)).join(" ")}`,
      ratio: { of: median(ratios), to: "the same without traces", target: 1.05 },
    },
    {
      name: "CPU time of a scrape",
      value: formatMs(median(scrapes)),
      ratio: { of: median(scrapes) / 5, to: "5 ms", target: 1 },
    },
  ];
}

async function connectAll({ url }: ServerProcess): Promise<readonly NativeClient[]> {
  const { origin } = new URL(url);
  return await Promise.all(Array.from({ length: CLIENTS }, () => NativeClient.connect(origin)));
}

/** Returns the seconds of CPU time that a server uses for turns of all clients. */
async function measureTurns({ pid }: ServerProcess, clients: readonly NativeClient[]): Promise<number> {
  const before = readCpuSeconds(pid);
  await Promise.all(
    clients.map(async (client) => {
      for (let turn = 0; turn < TURNS; turn++) await client.runTurn("hi");
      client.send({ type: "clear" });
      await client.waitFor("history_cleared");
    }),
  );
  return readCpuSeconds(pid) - before;
}

/** Returns the milliseconds of CPU time of one scrape, from a hundred. */
async function measureScrape({ pid, url }: ServerProcess): Promise<number> {
  const { origin } = new URL(url);
  const before = readCpuSeconds(pid);
  for (let scrape = 0; scrape < 100; scrape++) await (await fetch(`${origin}/metrics`)).text();
  return (readCpuSeconds(pid) - before) * 10;
}

async function measureExecutable(): Promise<readonly Measurement[]> {
  const executable = await buildExecutable();
  const [own, runtime] = await Promise.all([executable, process.execPath].map((path) => stat(path)));
  const bare = await measureIdle([
    process.execPath,
    "-e",
    "const server = Bun.serve({ port: 0, fetch: () => new Response() }); console.log(server.url.href)",
  ]);
  const idle = await measureIdle([
    executable,
    "--port",
    "0",
    "--spec",
    "demo",
    "--model",
    "demo",
    "--store",
    "memory",
  ]);
  return [
    {
      name: "size of the executable",
      value: `${((own?.size ?? 0) / 1e6).toFixed(1)} MB, Bun alone ${((runtime?.size ?? 0) / 1e6).toFixed(1)} MB`,
      ratio: { of: (own?.size ?? 0) / 105e6, to: "105 MB", target: 1 },
    },
    {
      name: "idle memory with the demo shop",
      value: `${idle.toFixed(1)} MB, a bare Bun server ${bare.toFixed(1)} MB`,
      ratio: { of: idle / 55, to: "55 MB", target: 1 },
    },
  ];
}

/** Returns the resident megabytes of a server, two seconds after it printed its address. */
async function measureIdle(command: readonly string[]): Promise<number> {
  const child = Bun.spawn([...command], { cwd: "/tmp", stdout: "pipe", stderr: "ignore" });
  for await (const chunk of child.stdout) if (new TextDecoder().decode(chunk).includes("http://")) break;
  await Bun.sleep(2000);
  const megabytes = readResidentKb(child.pid) / 1000;
  child.kill();
  await child.exited;
  return megabytes;
}
