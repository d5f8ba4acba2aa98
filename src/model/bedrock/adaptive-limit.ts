/**
 * How many calls may run at once while Bedrock throttles: half of those that were running, and then steadily more, until
 * all of them may again after a minute without a refusal, since Bedrock's quotas are counted by the minute.
 */
const RECOVERY_MS = 60_000;
/** Calls that run together are refused together: those refusals say one thing, once. */
const THROTTLE_WINDOW_MS = 1000;

export class AdaptiveLimit {
  readonly #max: number;
  readonly #now: () => number;
  #reduction: { readonly at: number; readonly to: number } | undefined;

  /** `now`: milliseconds. */
  constructor(max: number, now: () => number) {
    this.#max = max;
    this.#now = now;
  }

  /** At least 1. */
  get limit(): number {
    if (!this.#reduction) return this.#max;
    const regained = (this.#max * (this.#now() - this.#reduction.at)) / RECOVERY_MS;
    return Math.min(this.#max, Math.floor(this.#reduction.to + regained));
  }

  /** `running`: the calls at that moment, the refused one included. */
  onThrottled(running: number): void {
    const at = this.#now();
    if (this.#reduction && at - this.#reduction.at < THROTTLE_WINDOW_MS) return;
    this.#reduction = { at, to: Math.max(1, Math.min(this.limit, running) / 2) };
  }
}
