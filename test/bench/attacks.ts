/** Measures what hostile requests of one client cost others: the answers to another person's pings, and the memory of the server. */
import { startApi, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithText } from "../support/scripted-model.ts";
import { createServerFixture } from "../support/server-process.ts";
import { ATTACKS, type Attack } from "./attack-inputs.ts";
import { createRefusedRequests, sendAttack } from "./attack-sender.ts";
import { formatMs, type Measurement, median } from "./measurement.ts";
import { startPings } from "./pings.ts";
import { measureStall } from "./stall.ts";
import { startStandIn } from "./stand-in-process.ts";

/** Milliseconds between two requests of the attack. */
const ATTACK_MS = 500;
const REFUSED_REQUESTS = 200;
/** Seconds within which memory is given back. */
const SETTLE_SECONDS = 15;

/** Milliseconds of CPU time for which an attack may hold up everybody else. */
const STALL_LIMIT_MS = 50;
const STALL_ROUNDS = 3;

export async function attacks(): Promise<readonly Measurement[]> {
  return [...(await measurePings()), await measureStalls()];
}

/** Measures the event loop of a server in this process: the CPU time of its thread does not depend on other processes. */
async function measureStalls(): Promise<Measurement> {
  const api = await startApi();
  const model = createScriptedModel(() => replyWithText("Done."));
  const specchat = await startSpecchat({ argv: ["--spec", api.spec, "--base-url", api.url], model });
  const { origin } = new URL(specchat.url);
  const sender = new Worker(`${import.meta.dir}/attack-sender.ts`);
  const send = (index: number) =>
    new Promise<void>((resolve) => {
      sender.onmessage = () => resolve();
      sender.postMessage([origin, index]);
    });
  const stalls: { readonly attack: Attack; readonly cpuMs: number }[] = [];
  for (const [index, attack] of ATTACKS.entries()) {
    await send(index);
    const rounds: number[] = [];
    for (let round = 0; round < STALL_ROUNDS; round++)
      rounds.push((await measureStall(() => send(index))).cpuMs);
    stalls.push({ attack, cpuMs: median(rounds) });
  }
  sender.terminate();
  await specchat.stop();
  await api.stop();
  const { attack, cpuMs } = stalls.reduce((one, other) => (other.cpuMs > one.cpuMs ? other : one));
  return {
    name: `longest stall, by "${attack.name}" of ${attack.path}`,
    value: formatMs(cpuMs),
    ratio: { of: cpuMs / STALL_LIMIT_MS, to: `${STALL_LIMIT_MS} ms`, target: 1 },
  };
}

async function measurePings(): Promise<readonly Measurement[]> {
  const [standIn, api] = await Promise.all([startStandIn(), startApi()]);
  const fixture = await createServerFixture(standIn, api);
  const server = await fixture.start();
  const origin = new URL(server.url).origin;
  const pings = await startPings(origin);
  const refused = await measureRefused(origin, server.pid);
  // The first requests compile the code.
  for (const attack of ATTACKS) await sendAttack(origin, attack, attack.body());
  const before = await readResidentMb(server.pid);
  const measured: { readonly attack: Attack; readonly p99: number }[] = [];
  const quietTimes: number[] = [];
  for (const attack of ATTACKS) {
    const body = attack.body();
    quietTimes.push((await pings.during(() => Bun.sleep(2))).p99);
    const { p99 } = await pings.during(async () => {
      await sendAttack(origin, attack, body);
      await Bun.sleep(ATTACK_MS);
    });
    measured.push({ attack, p99 });
  }
  // The load of the machine changes: quiet moments between the attacks are compared with the attacks.
  const quiet = median(quietTimes);
  const worst = measured.reduce((one, other) => (other.p99 > one.p99 ? other : one));
  const after = await readResidentMb(server.pid);
  pings.stop();
  await fixture.remove();
  await Promise.all([standIn.stop(), api.stop()]);
  return [
    {
      name: `p99 of a ping during "${worst.attack.name}" of ${worst.attack.path}`,
      value: formatMs(worst.p99),
      ratio: { of: worst.p99 / quiet, to: "a quiet server", target: 3 },
    },
    { name: "memory after all attacks", value: `${after.toFixed(0)} MB (${before.toFixed(0)} MB before)` },
    {
      name: `memory after ${REFUSED_REQUESTS} refused requests of 1 MB`,
      value: `${refused.after.toFixed(0)} MB (${refused.before.toFixed(0)} MB before)`,
      ratio: { of: refused.after / refused.before, to: "before", target: 1.05 },
    },
  ];
}

/** Measures memory before the first large request, which the server has answered small ones before, and after all of them. */
async function measureRefused(origin: string, pid: number) {
  const measure = async (characters: number) => {
    const requests = createRefusedRequests(characters, REFUSED_REQUESTS);
    await sendAttack(origin, requests, requests.body());
    const sizes: number[] = [];
    for (let second = 0; second < SETTLE_SECONDS; second++) {
      await Bun.sleep(1000);
      sizes.push(await readResidentMb(pid));
    }
    return Math.min(...sizes);
  };
  return { before: await measure(1), after: await measure(1_000_000) };
}

async function readResidentMb(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
