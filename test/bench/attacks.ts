/** Measures what hostile requests of one client cost others: the answers to another person's pings, and the memory of the server. */
import { CALLER_KINDS, type CallerKind, type Headers } from "../support/attackers.ts";
import { ATTACKS, type Attack } from "./attack-inputs.ts";
import { createRefusedRequests, sendAttack } from "./attack-sender.ts";
import { type AttackedProcess, type AttackedProcesses, startAttackedProcesses } from "./attack-servers.ts";
import { measureStalls } from "./attack-stalls.ts";
import { readResidentKb, settleResidentKb } from "./harness/process-usage.ts";
import type { Bench } from "./harness/types.ts";
import { formatMs, type Measurement, median, type Ratio } from "./measurement.ts";
import { startPings } from "./pings.ts";

/** Milliseconds between two requests of the attack. */
const ATTACK_MS = 500;
/** Milliseconds of pings before and during each attack. */
const QUIET_MS = 500;
const ATTACKED_MS = 1500;
const REFUSED_REQUESTS = 200;
/** Seconds within which memory is given back. The collector of Bun runs at least every 30 seconds. */
const SETTLE_SECONDS = 40;
/** How much longer the answer to another person's ping may take than on a quiet server. */
const PING_TARGET = 3;
/** How much the memory may grow. */
const MEMORY_TARGET = 1.5;

interface AttackedPings {
  readonly attack: Attack;
  /** Milliseconds, on the quiet server just before and during the attack. */
  readonly quiet: number;
  readonly p99: number;
}

export async function attacks({ isQuick }: Pick<Bench, "isQuick">): Promise<readonly Measurement[]> {
  const processes = await startAttackedProcesses();
  try {
    const floor = await measurePings(processes.bare, {}, {});
    const kinds = Object.entries(CALLER_KINDS).slice(0, isQuick ? 1 : undefined);
    const [refused, ofOpen] = [await measureRefused(processes.open), await startMemory(processes.open)];
    const ofKnown = await startMemory(processes.known);
    const measurements: Measurement[] = [describeFloor(floor)];
    for (const [name, kind] of kinds)
      measurements.push(describePings(name, await measureKind(kind, processes), floor));
    return [
      ...measurements,
      await ofOpen("without authentication"),
      ...(isQuick ? [] : [await ofKnown("with authentication")]),
      refused,
      await measureStalls(),
    ];
  } finally {
    await processes.stop();
  }
}

async function measureKind(kind: CallerKind, { open, known }: AttackedProcesses) {
  const server = kind.isKnown ? known : open;
  const [mallory, ada] = [
    await kind.headersOf("mallory", server.origin),
    await kind.headersOf("ada", server.origin),
  ];
  return await measurePings(server, mallory, ada);
}

/** Measures the pings of a healthy user while an attacker makes each of the attacks. */
async function measurePings(
  { origin }: AttackedProcess,
  attacker: Headers,
  healthy: Headers,
): Promise<readonly AttackedPings[]> {
  // The first requests compile the code.
  for (const attack of ATTACKS) await sendAttack(origin, attack, attack.body(), attacker);
  const pings = await startPings(origin, healthy);
  const measured: AttackedPings[] = [];
  for (const attack of ATTACKS) {
    const body = attack.body();
    const quiet = await pings.during(() => Bun.sleep(2), QUIET_MS);
    const { p99 } = await pings.during(async () => {
      await sendAttack(origin, attack, body, attacker);
      await Bun.sleep(ATTACK_MS);
    }, ATTACKED_MS);
    measured.push({ attack, quiet: quiet.p99, p99 });
  }
  pings.stop();
  return measured;
}

// The load of the machine changes: all quiet moments between the attacks are the baseline.
const quietOf = (measured: readonly AttackedPings[]) => median(measured.map(({ quiet }) => quiet));
const worstOf = (measured: readonly AttackedPings[]) =>
  measured.reduce((one, other) => (other.p99 > one.p99 ? other : one));

function describePings(
  kind: string,
  measured: readonly AttackedPings[],
  floor: readonly AttackedPings[],
): Measurement {
  const quiet = quietOf(measured);
  const { attack, p99 } = worstOf(measured);
  const received = floor.find((one) => one.attack === attack)?.p99 ?? Number.NaN;
  const missed = measured.filter((one) => one.p99 / quiet > PING_TARGET).length;
  const ratios: readonly Ratio[] = [
    { of: p99 / quiet, to: `a quiet server (${formatMs(quiet)})`, target: PING_TARGET },
    { of: p99 / received, to: `a bare server that receives the same (${formatMs(received)})` },
  ];
  return {
    name: `p99 of a ping while ${kind} attacks, at worst by "${attack.name}" of ${attack.path}`,
    value: `${formatMs(p99)} (${missed} of ${measured.length} attacks over the target)`,
    ratios,
  };
}

function describeFloor(measured: readonly AttackedPings[]): Measurement {
  const quiet = quietOf(measured);
  const { attack, p99 } = worstOf(measured);
  return {
    name: `p99 of a ping of a bare server that only receives, at worst by "${attack.name}"`,
    value: formatMs(p99),
    ratio: { of: p99 / quiet, to: `the same server in quiet (${formatMs(quiet)})` },
  };
}

/** Returns a function that measures the memory of a server again, after the attacks. */
async function startMemory({ pid, origin }: AttackedProcess) {
  for (let count = 0; count < 10; count++) await (await fetch(`${origin}/health`)).text();
  const before = readResidentKb(pid);
  return async (name: string): Promise<Measurement> => {
    const after = await settleResidentKb(pid, SETTLE_SECONDS);
    return {
      name: `memory after all attacks ${name}`,
      value: `${formatMb(after)} (${formatMb(before)} before)`,
      ratio: { of: after / before, to: "before", target: MEMORY_TARGET },
    };
  };
}

/** Measures memory before the first large request, which the server has answered small ones before, and after all of them. */
async function measureRefused({ origin, pid }: AttackedProcess): Promise<Measurement> {
  const measure = async (characters: number) => {
    const requests = createRefusedRequests(characters, REFUSED_REQUESTS);
    await sendAttack(origin, requests, requests.body(), {});
    return await settleResidentKb(pid, SETTLE_SECONDS);
  };
  const [before, after] = [await measure(1), await measure(1_000_000)];
  return {
    name: `memory after ${REFUSED_REQUESTS} refused requests of 1 MB`,
    value: `${formatMb(after)} (${formatMb(before)} before)`,
    ratio: { of: after / before, to: "before", target: 1.05 },
  };
}

const formatMb = (kilobytes: number) => `${(kilobytes / 1024).toFixed(0)} MB`;
