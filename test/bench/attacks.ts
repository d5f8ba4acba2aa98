/** Measures what hostile requests of one client cost others: a healthy user's turns and pings, and the memory of the server. */
import { CALLER_KINDS, type CallerKind, type Headers } from "../support/attackers.ts";
import { ATTACKS, type Attack } from "./attack-inputs.ts";
import { createRefusedRequests, sendAttack } from "./attack-sender.ts";
import { type AttackedProcess, type AttackedProcesses, startAttackedProcesses } from "./attack-servers.ts";
import { measureStalls } from "./attack-stalls.ts";
import { settleResidentKb } from "./harness/process-usage.ts";
import type { Bench } from "./harness/types.ts";
import { formatMs, type Measurement, type Ratio } from "./measurement.ts";
import { p99Of, startPerson, timeDuring } from "./people.ts";
import type { Activity } from "./person.ts";

/** Milliseconds between two requests of the attack. */
const ATTACK_MS = 500;
/** Milliseconds before and during each attack. */
const QUIET_MS = 250;
const ATTACKED_MS = 1000;
/** Turns of a healthy user before memory is measured first. */
const USUAL_TURNS = 500;
const REFUSED_REQUESTS = 200;
/** Seconds within which memory is given back. The collector of Bun runs at least every 30 seconds. */
const SETTLE_SECONDS = 40;
const USED_SETTLE_SECONDS = 5;
/** How much longer a healthy user may wait than on a quiet server: at most, and as it should be. */
const TIME_TARGETS = [3, 2];
/** How much the memory may grow. */
const MEMORY_TARGET = 1.5;

/** The milliseconds of answers on the quiet server just before an attack, and during it. */
interface AnswerTimes {
  readonly attack: Attack;
  readonly quiet: readonly number[];
  readonly attacked: readonly number[];
}

type TimesByActivity = { readonly [Name in Activity]?: readonly AnswerTimes[] };

export async function attacks({ isQuick }: Pick<Bench, "isQuick">): Promise<readonly Measurement[]> {
  const processes = await startAttackedProcesses();
  try {
    const floor = (await measureUser(processes.bare, {}, {}, ["ping"])).ping ?? [];
    const kinds = Object.entries(CALLER_KINDS).slice(0, isQuick ? 1 : undefined);
    const refused = await measureRefused(processes.open);
    const endMemory = [await startMemory(processes.open, false)];
    if (!isQuick) endMemory.push(await startMemory(processes.known, true));
    const measurements: Measurement[] = [describeFloor(floor)];
    for (const [name, kind] of kinds) {
      const { turn = [], ping = [] } = await measureKind(kind, processes);
      measurements.push(describe("turn", name, turn), describe("ping", name, ping, floor));
    }
    const memory = await Promise.all(endMemory.map((end) => end()));
    return [...measurements, ...memory, refused, await measureStalls()];
  } finally {
    await processes.stop();
  }
}

async function measureKind(kind: CallerKind, { open, known }: AttackedProcesses): Promise<TimesByActivity> {
  const server = kind.isKnown ? known : open;
  const [mallory, ada] = [
    await kind.headersOf("mallory", server.origin),
    await kind.headersOf("ada", server.origin),
  ];
  return await measureUser(server, mallory, ada, ["turn", "ping"]);
}

/** Measures what a healthy user does, all of it at the same time, while an attacker makes each of the attacks. */
async function measureUser(
  { origin }: AttackedProcess,
  attacker: Headers,
  healthy: Headers,
  activities: readonly Activity[],
): Promise<TimesByActivity> {
  // The first requests compile the code.
  for (const attack of ATTACKS) await sendAttack(origin, attack, attack.body(), attacker);
  const people = await Promise.all(activities.map((activity) => startPerson(origin, activity, healthy)));
  const measured = activities.map((): AnswerTimes[] => []);
  for (const attack of ATTACKS) {
    const body = attack.body();
    const quiet = await timeDuring(people, () => Bun.sleep(2), QUIET_MS);
    const work = async () => {
      await sendAttack(origin, attack, body, attacker);
      await Bun.sleep(ATTACK_MS);
    };
    const attacked = await timeDuring(people, work, ATTACKED_MS);
    for (const [index, times] of measured.entries())
      times.push({ attack, quiet: quiet[index] ?? [], attacked: attacked[index] ?? [] });
  }
  for (const person of people) person.leave();
  return Object.fromEntries(activities.map((activity, index) => [activity, measured[index]]));
}

/** The load of the machine changes: all quiet moments between the attacks are the baseline. */
function summarize(measured: readonly AnswerTimes[]) {
  const quiet = p99Of(measured.flatMap((one) => one.quiet));
  const during = measured.map(({ attack, attacked }) => ({ attack, p99: p99Of(attacked) }));
  const [worst] = during.toSorted((a, b) => b.p99 - a.p99);
  if (!worst) throw new Error("no attack was measured");
  return { quiet, during, worst };
}

/** @param floor the same of a server without any work, where there is one. */
function describe(
  activity: Activity,
  kind: string,
  measured: readonly AnswerTimes[],
  floor?: readonly AnswerTimes[],
): Measurement {
  const { quiet, during, worst } = summarize(measured);
  const { attack, p99 } = worst;
  const ratios: Ratio[] = TIME_TARGETS.map((target) => {
    const missed = during.filter((one) => one.p99 / quiet > target).length;
    return { of: p99 / quiet, to: `a quiet server (${formatMs(quiet)}); ${missed} attacks over it`, target };
  });
  const received = floor?.find((one) => one.attack === attack);
  if (received) {
    const base = p99Of(received.attacked);
    ratios.push({ of: p99 / base, to: `a bare server that receives the same (${formatMs(base)})` });
  }
  const name = `p99 of a ${activity} while ${kind} attacks, at worst by "${attack.name}" of ${attack.path}`;
  return { name, value: `${formatMs(p99)} (${during.length} attacks)`, ratios };
}

function describeFloor(measured: readonly AnswerTimes[]): Measurement {
  const { quiet, worst } = summarize(measured);
  return {
    name: `p99 of a ping of a bare server that only receives, at worst by "${worst.attack.name}"`,
    value: formatMs(worst.p99),
    ratio: { of: worst.p99 / quiet, to: `the same server in quiet (${formatMs(quiet)})` },
  };
}

/** Returns a function that measures the memory of a server again, after the attacks. The first time, a healthy user has used it. */
async function startMemory({ pid, origin }: AttackedProcess, isKnown: boolean) {
  const kind = Object.values(CALLER_KINDS).find((one) => one.isKnown === isKnown);
  const person = await startPerson(origin, "turn", await kind?.headersOf("ada", origin));
  for (let turns = 0; turns < USUAL_TURNS; )
    turns += (await timeDuring([person], () => Bun.sleep(2), QUIET_MS)).flat().length;
  person.leave();
  const before = await settleResidentKb(pid, USED_SETTLE_SECONDS);
  return async (): Promise<Measurement> => {
    const after = await settleResidentKb(pid, SETTLE_SECONDS);
    return {
      name: `memory after all attacks ${isKnown ? "with" : "without"} authentication`,
      value: `${formatMb(after)} (${formatMb(before)} after ${USUAL_TURNS} turns)`,
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
