/** How often one client may ask, of this process: a bucket of tokens each, filled evenly. */
import { type Rate, rateExceeded, readRate } from "../config/rate.ts";
import type { RateLimiter } from "./types.ts";

interface Bucket {
  tokens: number;
  at: number;
}

/** Beyond so many buckets the full ones, which say nothing, are dropped. */
const MANY = 10_000;

export class RateLimit implements RateLimiter {
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

  async take(client: string): Promise<void> {
    const bucket = this.#filled(client);
    if (bucket.tokens < 1)
      throw rateExceeded(this.#text, Math.ceil(((1 - bucket.tokens) * this.#rate.perMs) / this.#rate.count));
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
