/**
 * The size of the executable and the memory of an idle server with the demo shop. Baseline: an empty server, compiled by Bun in the
 * same way. An executable below 105 MB and 55 MB of resident memory are out of reach: Bun alone has 109 MB, and the mapped file takes
 * 54 MB. Without bytecode the executable has 14 MB less, takes twice the CPU time to start, and 5 MB more heap.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { buildExecutable } from "../harness/executable.ts";
import { findFreePort } from "../harness/free-port.ts";
import type { Measurement } from "../measurement.ts";

const BASELINE = "an empty server, compiled by Bun";
const EMPTY_SERVER = "Bun.serve({ port: Number(process.env.PORT), fetch: () => new Response() });";
const SETTLE_MS = 6000;
/** What code, page and bytecode may add to Bun. */
const MAX_SIZE_RATIO = 1.2;
const MAX_ANONYMOUS_MB = 32;

interface Memory {
  readonly residentMb: number;
  /** The heap and stacks. The rest is the executable, mapped: the kernel drops it when memory is short. */
  readonly anonymousMb: number;
}

export async function footprint(): Promise<readonly Measurement[]> {
  const folder = await mkdtemp(`${tmpdir()}/specchat-footprint-`);
  await Bun.write(`${folder}/empty.ts`, EMPTY_SERVER);
  await Bun.build({
    entrypoints: [`${folder}/empty.ts`],
    target: "bun",
    minify: true,
    bytecode: true,
    format: "esm",
    compile: { outfile: `${folder}/empty` },
  });
  const emptySize = Bun.file(`${folder}/empty`).size;
  const executable = await buildExecutable();
  const { size } = Bun.file(executable);
  const argv = ["--spec", "demo", "--model", "demo", "--data-dir", folder];
  const own = await measureIdle([executable, ...argv], folder);
  const empty = await measureIdle([`${folder}/empty`], folder);
  await rm(folder, { recursive: true });
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return [
    {
      name: "size of the executable",
      value: `${megabytes(size)} MB: Bun ${megabytes(emptySize)}, code, page and bytecode ${megabytes(size - emptySize)}`,
      ratio: { of: size / emptySize, to: BASELINE, target: MAX_SIZE_RATIO },
    },
    {
      name: "resident memory of an idle server, demo shop",
      value: `${own.residentMb.toFixed(1)} MB, of which ${(own.residentMb - own.anonymousMb).toFixed(1)} MB are the mapped executable`,
      ratio: { of: own.residentMb / empty.residentMb, to: BASELINE },
    },
    {
      name: "anonymous memory of an idle server, demo shop",
      value: `${own.anonymousMb.toFixed(1)} MB`,
      ratio: { of: own.anonymousMb / MAX_ANONYMOUS_MB, to: `${MAX_ANONYMOUS_MB} MB`, target: 1 },
    },
  ];
}

async function measureIdle(command: readonly string[], cwd: string): Promise<Memory> {
  const port = String(findFreePort());
  const child = Bun.spawn([...command], {
    cwd,
    env: { HOME: cwd, PORT: port },
    stdout: "ignore",
    stderr: "ignore",
  });
  while (!(await fetch(`http://127.0.0.1:${port}/livez`).catch(() => undefined))) await Bun.sleep(20);
  await Bun.sleep(SETTLE_MS);
  const status = await Bun.file(`/proc/${child.pid}/status`).text();
  child.kill("SIGKILL");
  await child.exited;
  const read = (name: string) => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024) / 1e6;
  return { residentMb: read("VmRSS"), anonymousMb: read("RssAnon") };
}
