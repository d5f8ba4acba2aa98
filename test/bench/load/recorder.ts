/** Collects the times of an order. */
import type { LoadReport, Times } from "./types.ts";

export class Recorder {
  readonly firstToken: number[] = [];
  readonly delta: number[] = [];
  readonly turn: number[] = [];
  #start = performance.now();
  #turns = 0;
  #failures = 0;

  countTurn(failed: boolean): void {
    this.#turns += 1;
    if (failed) this.#failures += 1;
  }

  /** Returns what was recorded, and begins again. */
  report(): LoadReport {
    const report = {
      turns: this.#turns,
      deltas: this.delta.length,
      failures: this.#failures,
      seconds: (performance.now() - this.#start) / 1000,
      firstToken: summarize(this.firstToken),
      delta: summarize(this.delta),
      turn: summarize(this.turn),
    };
    this.reset();
    return report;
  }

  reset(): void {
    for (const times of [this.firstToken, this.delta, this.turn]) times.length = 0;
    [this.#turns, this.#failures, this.#start] = [0, 0, performance.now()];
  }
}

function summarize(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? Number.NaN };
}
