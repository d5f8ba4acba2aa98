import { UpstreamError } from "./upstream.ts";

/** Fires when nothing was heard for so long. Its `signal` also follows the caller's, and `leave()` ends the call. */
export class SilenceLimit {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  readonly #outer: AbortSignal;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #onAbort = () => this.#controller.abort(this.#outer.reason);
  #heard = false;
  #paused = false;
  expired: UpstreamError | undefined;

  constructor(milliseconds: number, outer: AbortSignal) {
    this.#milliseconds = milliseconds;
    this.#outer = outer;
    this.#timer = setTimeout(() => this.#expire(), milliseconds);
    if (outer.aborted) this.#onAbort();
    else outer.addEventListener("abort", this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something arrived. */
  heard(): void {
    this.#heard = true;
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
  leave(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#onAbort);
    this.#controller.abort();
  }

  #expire(): void {
    if (this.#paused) return;
    const seconds = this.#milliseconds / 1000;
    this.expired = new UpstreamError(
      "TimeoutError",
      this.#heard
        ? `Bedrock was silent for ${seconds} s in the middle of its answer.`
        : `Bedrock did not begin to answer within ${seconds} s.`,
    );
    this.#controller.abort(this.expired);
  }
}
