/** The rate limit of one process: token buckets of clients and of their addresses. */
import { createRateLimitError, parseRate, type Rate } from "../config/rate.ts";
import type { RateLimiter } from "./types.ts";

interface Bucket {
  tokens: number;
  at: number;
  readonly share: number;
}

/** Beyond this number, the bucket that was used longest ago is removed. */
const MAX_BUCKETS = 100_000;

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

  async take(bucket: string, share = 1): Promise<void> {
    const found = this.#refill(bucket, share);
    if (found.tokens < 1)
      throw createRateLimitError(
        this.#text,
        Math.ceil(((1 - found.tokens) * this.#rate.perMs) / (this.#rate.count * share)),
      );
    found.tokens -= 1;
  }

  #refill(name: string, share: number): Bucket {
    const now = this.#now();
    const known = this.#buckets.get(name);
    const tokens = known ? this.#tokensAt(known, now) : this.#rate.count * share;
    const bucket = { tokens, at: now, share };
    // The order of the map is that of the last use.
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MAX_BUCKETS && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }

  #tokensAt({ tokens, at, share }: Bucket, now: number): number {
    const { count, perMs } = this.#rate;
    return Math.min(count * share, tokens + ((now - at) * count * share) / perMs);
  }
}
