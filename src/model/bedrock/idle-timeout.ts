import { UpstreamError } from "./upstream.ts";

/** Fires when nothing was heard for so long. Its `signal` also follows the caller's, and `leave()` ends the call. */
export class IdleTimeout {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  readonly #parentSignal: AbortSignal;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #onAbort = () => this.#controller.abort(this.#parentSignal.reason);
  #hasActivity = false;
  #paused = false;
  timeoutError: UpstreamError | undefined;

  constructor(milliseconds: number, outer: AbortSignal) {
    this.#milliseconds = milliseconds;
    this.#parentSignal = outer;
    this.#timer = setTimeout(() => this.#expire(), milliseconds);
    if (outer.aborted) this.#onAbort();
    else outer.addEventListener("abort", this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something arrived. */
  recordActivity(): void {
    this.#hasActivity = true;
    this.#timer.refresh();
  }

  /** Whoever reads is busy with what came: that is no silence of the service's. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#timer.refresh();
  }

  /** No more waiting; whatever is still open is closed. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#parentSignal.removeEventListener("abort", this.#onAbort);
    this.#controller.abort();
  }

  #expire(): void {
    if (this.#paused) return;
    const seconds = this.#milliseconds / 1000;
    this.timeoutError = new UpstreamError(
      "TimeoutError",
      this.#hasActivity
        ? `Bedrock was silent for ${seconds} s in the middle of its answer.`
        : `Bedrock did not begin to answer within ${seconds} s.`,
    );
    this.#controller.abort(this.timeoutError);
  }
}
