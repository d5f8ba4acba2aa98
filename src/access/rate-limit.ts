/** The rate limit of one process: a token bucket per client. */
import { createRateLimitError, parseRate, type Rate } from "../config/rate.ts";
import type { RateLimiter } from "./types.ts";

interface Bucket {
  tokens: number;
  at: number;
}

/** Beyond this number, full buckets are removed. They equal new ones. */
const MAX_BUCKETS = 10_000;

export class RateLimit implements RateLimiter {
  readonly #rate: Rate;
  readonly #text: string;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param text the setting `rateLimit`, for example `10/minute`. @param now returns milliseconds. */
  constructor(text: string, now: () => number) {
    this.#rate = parseRate(text);
    this.#text = text;
    this.#now = now;
  }

  async take(client: string): Promise<void> {
    const bucket = this.#refill(client);
    if (bucket.tokens < 1)
      throw createRateLimitError(
        this.#text,
        Math.ceil(((1 - bucket.tokens) * this.#rate.perMs) / this.#rate.count),
      );
    bucket.tokens -= 1;
  }

  #refill(client: string): Bucket {
    const { count, perMs } = this.#rate;
    const now = this.#now();
    const bucket = this.#buckets.get(client);
    if (!bucket) {
      if (this.#buckets.size >= MAX_BUCKETS) this.#removeFull(now);
      const fresh = { tokens: count, at: now };
      this.#buckets.set(client, fresh);
      return fresh;
    }
    bucket.tokens = Math.min(count, bucket.tokens + ((now - bucket.at) * count) / perMs);
    bucket.at = now;
    return bucket;
  }

  #removeFull(now: number): void {
    const { count, perMs } = this.#rate;
    for (const [client, { tokens, at }] of this.#buckets)
      if (tokens + ((now - at) * count) / perMs >= count) this.#buckets.delete(client);
  }
}
