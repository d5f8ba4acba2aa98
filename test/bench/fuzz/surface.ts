/** What the fuzzer attacks: an arbitrary case, and the check that fails when an invariant is broken. */
import type fc from "fast-check";

export interface Surface<Case = unknown> {
  readonly name: string;
  /** The part of all cases that this surface gets. */
  readonly share: number;
  readonly cases: fc.Arbitrary<Case>;
  /** @throws Error when an invariant is broken. */
  check(one: Case): Promise<void>;
  /** Returns the case as text, to be read in the report of a failure. */
  describe(one: Case): string;
  close?(): Promise<void>;
}

/** Rejects when an answer takes longer than this. Generous: the machine may be busy. */
const ANSWER_MS = 30_000;

/** @throws Error when the answer does not come in time. */
export async function inTime<Answer>(answer: Promise<Answer>, what: string): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_MS} ms: ${what}`)), ANSWER_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
