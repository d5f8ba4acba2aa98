/** The body of a response: chunks wait for their reader, and the connection pauses while too many wait. */

/** Waiting bytes from which on the connection reads no more. */
const MAX_WAITING = 256_000;

export interface BodySource {
  pause(): void;
  resume(): void;
}

export class BodyReader implements AsyncIterableIterator<Uint8Array> {
  readonly #source: BodySource;
  #chunks: Uint8Array[] = [];
  #waitingBytes = 0;
  #isPaused = false;
  #hasEnded = false;
  #failure: { readonly error: unknown } | undefined;
  #reader: PromiseWithResolvers<IteratorResult<Uint8Array, undefined>> | undefined;

  constructor(source: BodySource) {
    this.#source = source;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Chunks that have arrived come before a failure. */
  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const value = this.#chunks.shift();
    if (value) {
      this.#waitingBytes -= value.length;
      if (this.#isPaused && this.#chunks.length === 0) {
        this.#isPaused = false;
        this.#source.resume();
      }
      return Promise.resolve({ done: false, value });
    }
    if (this.#failure) return Promise.reject(this.#failure.error);
    if (this.#hasEnded) return Promise.resolve({ done: true, value: undefined });
    this.#reader = Promise.withResolvers();
    return this.#reader.promise;
  }

  push(chunk: Uint8Array): void {
    if (this.#reader) {
      this.#settle().resolve({ done: false, value: chunk });
      return;
    }
    this.#chunks.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#isPaused || this.#waitingBytes < MAX_WAITING) return;
    this.#isPaused = true;
    this.#source.pause();
  }

  end(): void {
    this.#hasEnded = true;
    if (this.#reader) this.#settle().resolve({ done: true, value: undefined });
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    if (this.#reader) this.#settle().reject(error);
  }

  #settle(): PromiseWithResolvers<IteratorResult<Uint8Array, undefined>> {
    const reader = this.#reader as PromiseWithResolvers<IteratorResult<Uint8Array, undefined>>;
    this.#reader = undefined;
    return reader;
  }
}
