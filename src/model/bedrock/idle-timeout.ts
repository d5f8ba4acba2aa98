/** Aborts a call when the service sends nothing for too long. */
import { UpstreamError } from "./upstream.ts";

/** Fires after the given milliseconds without activity. Its `signal` also follows the caller's signal. */
export class IdleTimeout {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  readonly #parentSignal: AbortSignal;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #onAbort = () => this.#controller.abort(this.#parentSignal.reason);
  #hasActivity = false;
  #paused = false;
  /** The error to throw once the timeout has fired. */
  timeoutError: UpstreamError | undefined;

  constructor(milliseconds: number, parentSignal: AbortSignal) {
    this.#milliseconds = milliseconds;
    this.#parentSignal = parentSignal;
    this.#timer = setTimeout(() => this.#expire(), milliseconds);
    if (parentSignal.aborted) this.#onAbort();
    else parentSignal.addEventListener("abort", this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Restarts the timeout. */
  recordActivity(): void {
    this.#hasActivity = true;
    this.#timer.refresh();
  }

  /** Suspends the timeout while the consumer handles a batch. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#timer.refresh();
  }

  /** Stops the timeout and aborts whatever is still open. */
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
        ? `Bedrock sent nothing for ${seconds} s in the middle of its response.`
        : `Bedrock did not start to respond within ${seconds} s.`,
    );
    this.#controller.abort(this.timeoutError);
  }
}
