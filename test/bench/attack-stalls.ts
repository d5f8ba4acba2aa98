/** Measures the event loop of a server in this process: the CPU time of its thread does not depend on other processes. */
import { createBedrockAt, MODEL, startApi, startSpecchat } from "../support/harness.ts";
import { ATTACKS } from "./attack-inputs.ts";
import { formatMs, type Measurement, median } from "./measurement.ts";
import { measureStall } from "./stall.ts";
import { startStandIn } from "./stand-in-process.ts";

/** Milliseconds of CPU time for which an attack may hold up everybody else. */
const LIMIT_MS = 20;
const ROUNDS = 3;

export async function measureStalls(): Promise<Measurement> {
  const [standIn, api] = await Promise.all([startStandIn(), startApi()]);
  const specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL],
    model: createBedrockAt(standIn.url),
  });
  const { origin } = new URL(specchat.url);
  const sender = new Worker(`${import.meta.dir}/attack-sender.ts`);
  const send = (index: number) =>
    new Promise<void>((resolve) => {
      sender.onmessage = () => resolve();
      sender.postMessage([origin, index]);
    });
  const stalls: { readonly name: string; readonly cpuMs: number }[] = [];
  for (const [index, { name, path }] of ATTACKS.entries()) {
    await send(index);
    const rounds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push((await measureStall(() => send(index))).cpuMs);
    stalls.push({ name: `"${name}" of ${path}`, cpuMs: median(rounds) });
  }
  sender.terminate();
  await specchat.stop();
  await Promise.all([api.stop(), standIn.stop()]);
  const [worst = { name: "none", cpuMs: Number.NaN }] = stalls.toSorted((a, b) => b.cpuMs - a.cpuMs);
  return {
    name: `longest stall, by ${worst.name}`,
    value: `${formatMs(worst.cpuMs)} CPU (median of all attacks ${formatMs(median(stalls.map(({ cpuMs }) => cpuMs)))})`,
    ratio: { of: worst.cpuMs / LIMIT_MS, to: `${LIMIT_MS} ms`, target: 1 },
  };
}
