/**
 * Limits concurrent calls while Bedrock throttles. Throttling halves the limit; it then rises steadily and is back at
 * its maximum after a minute, because Bedrock counts its quotas by the minute.
 */

const RECOVERY_MS = 60_000;
/** Throttling errors within this time count once, because concurrent calls are throttled together. */
const THROTTLE_WINDOW_MS = 1000;

export class AdaptiveLimit {
  readonly #max: number;
  readonly #now: () => number;
  #reduction: { readonly at: number; readonly to: number } | undefined;

  /** @param now returns the time in milliseconds. */
  constructor(max: number, now: () => number) {
    this.#max = max;
    this.#now = now;
  }

  /** The current limit, at least 1. */
  get limit(): number {
    if (!this.#reduction) return this.#max;
    const regained = (this.#max * (this.#now() - this.#reduction.at)) / RECOVERY_MS;
    return Math.min(this.#max, Math.floor(this.#reduction.to + regained));
  }

  /** @param running the number of running calls, including the throttled one. */
  onThrottled(running: number): void {
    const at = this.#now();
    if (this.#reduction && at - this.#reduction.at < THROTTLE_WINDOW_MS) return;
    this.#reduction = { at, to: Math.max(1, Math.min(this.limit, running) / 2) };
  }
}
