/** Measures the time from the executable's start to its first health response. Baseline: Bun starting an empty server. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { formatMs, type Measurement, median } from "./measurement.ts";

const root = `${import.meta.dir}/../..`;
const ROUNDS = 15;

export async function start(): Promise<readonly Measurement[]> {
  const build = Bun.spawn([process.execPath, "src/build/binary.ts"], { cwd: root, stdout: "ignore" });
  if ((await build.exited) !== 0) throw new Error("the build failed");
  const folder = await mkdtemp(`${tmpdir()}/specchat-bench-`);
  const bare: number[] = [];
  const healthy: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(
      await measureExit(
        [process.execPath, "-e", "Bun.serve({ port: 0, fetch: () => new Response() }).stop()"],
        folder,
      ),
    );
    healthy.push(await measureHealthy(folder, 20_000 + round));
  }
  await rm(folder, { recursive: true });
  return [
    {
      name: "start to first health response",
      value: formatMs(median(healthy)),
      ratio: { of: median(healthy) / median(bare), to: "Bun starting an empty server", target: 20 },
    },
  ];
}

async function measureExit(command: string[], cwd: string): Promise<number> {
  const begin = performance.now();
  await Bun.spawn(command, { cwd, stdout: "ignore" }).exited;
  return performance.now() - begin;
}

async function measureHealthy(cwd: string, port: number): Promise<number> {
  const begin = performance.now();
  const child = Bun.spawn(
    [
      `${root}/dist/specchat`,
      "--spec",
      `${root}/test/fixtures/things.yaml`,
      "--model",
      "demo",
      "--port",
      String(port),
    ],
    {
      cwd,
      env: { HOME: cwd },
      stdout: "ignore",
      stderr: "ignore",
    },
  );
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/bedrock-chat/health`).catch(() => undefined);
    if (response?.ok) break;
    await Bun.sleep(1);
  }
  const elapsed = performance.now() - begin;
  child.kill("SIGKILL");
  await child.exited;
  return elapsed;
}
