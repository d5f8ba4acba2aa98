/** Measures how soon a server answers people while it works for others. */
import type { Activity } from "./person.ts";

/** Milliseconds for which the work is repeated. */
const DURATION_MS = 2000;

/** A person in a thread of their own, which has no part in the work. */
export interface Person {
  /** Begins to ask, again and again. */
  start(): Promise<void>;
  /** Ends it. Returns the milliseconds until each answer since the start, the last one however late it was. */
  stop(): Promise<readonly number[]>;
  leave(): void;
}

/** @param headers the credentials of the person. */
export async function startPerson(
  origin: string,
  activity: Activity,
  headers: Readonly<Record<string, string>> = {},
): Promise<Person> {
  const worker = new Worker(`${import.meta.dir}/person.ts`);
  const order = (message: unknown) =>
    new Promise<readonly number[]>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
      worker.postMessage(message);
    });
  await order({ origin, activity, headers });
  return {
    start: async () => void (await order("start")),
    stop: () => order("stop"),
    leave: () => worker.terminate(),
  };
}

/** Repeats some work while people ask. Returns the times of each. */
export async function timeDuring(
  people: readonly Person[],
  work: () => Promise<unknown>,
  durationMs = DURATION_MS,
): Promise<readonly (readonly number[])[]> {
  await Promise.all(people.map((person) => person.start()));
  const until = performance.now() + durationMs;
  while (performance.now() < until) await work();
  return await Promise.all(people.map((person) => person.stop()));
}

/** Returns the time that 99 of 100 answers take at most. */
export function p99Of(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}
