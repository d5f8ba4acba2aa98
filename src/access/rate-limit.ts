/** How often one client may ask: a bucket of tokens each, filled evenly. */
import { type Rate, readRate } from "../config/rate.ts";
import { AppError } from "../errors.ts";

interface Bucket {
  tokens: number;
  at: number;
}

/** Beyond so many buckets the full ones, which say nothing, are dropped. */
const MANY = 10_000;

export class RateLimit {
  readonly #rate: Rate;
  readonly #text: string;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** `text` as in settings; `now` in milliseconds. */
  constructor(text: string, now: () => number) {
    this.#rate = readRate(text);
    this.#text = text;
    this.#now = now;
  }

  /** Takes one token of this client's. @throws AppError `rate_limited`, saying how long to wait. */
  take(client: string): void {
    const bucket = this.#filled(client);
    if (bucket.tokens < 1) {
      const retryAfterMs = Math.ceil(((1 - bucket.tokens) * this.#rate.perMs) / this.#rate.count);
      const seconds = Math.ceil(retryAfterMs / 1000);
      throw new AppError(
        "rate_limited",
        `Messages come faster than this server allows (${this.#text}). Please try again in ${seconds} s.`,
        { retryable: true, retryAfterMs },
      );
    }
    bucket.tokens -= 1;
  }

  #filled(client: string): Bucket {
    const { count, perMs } = this.#rate;
    const now = this.#now();
    const known = this.#buckets.get(client);
    if (!known) {
      if (this.#buckets.size >= MANY) this.#dropFull(now);
      const fresh = { tokens: count, at: now };
      this.#buckets.set(client, fresh);
      return fresh;
    }
    known.tokens = Math.min(count, known.tokens + ((now - known.at) * count) / perMs);
    known.at = now;
    return known;
  }

  #dropFull(now: number): void {
    const { count, perMs } = this.#rate;
    for (const [client, { tokens, at }] of this.#buckets)
      if (tokens + ((now - at) * count) / perMs >= count) this.#buckets.delete(client);
  }
}
