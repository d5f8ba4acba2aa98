/**
 * How many calls may run at once while Bedrock throttles: half of those that were running, and then steadily more, until
 * all of them may again after a minute without a refusal, since Bedrock's quotas are counted by the minute.
 */
const RECOVERY_MS = 60_000;
/** Calls that run together are refused together: those refusals say one thing, once. */
const SAME_REFUSAL_MS = 1000;

export class Pace {
  readonly #max: number;
  readonly #now: () => number;
  #cut: { readonly at: number; readonly to: number } | undefined;

  /** `now`: milliseconds. */
  constructor(max: number, now: () => number) {
    this.#max = max;
    this.#now = now;
  }

  /** At least 1. */
  get limit(): number {
    if (!this.#cut) return this.#max;
    const regained = (this.#max * (this.#now() - this.#cut.at)) / RECOVERY_MS;
    return Math.min(this.#max, Math.floor(this.#cut.to + regained));
  }

  /** `running`: the calls at that moment, the refused one included. */
  throttled(running: number): void {
    const at = this.#now();
    if (this.#cut && at - this.#cut.at < SAME_REFUSAL_MS) return;
    this.#cut = { at, to: Math.max(1, Math.min(this.limit, running) / 2) };
  }
}
