/** Calls that a person is asked about: an answer counts once, in time, and for the very call that was shown. */
import { randomUUID } from "node:crypto";

/** Open questions; the oldest go first. */
const MAX_PENDING = 10_000;

export class McpApprovals {
  /** By the id of the question: a hash of what was asked, and until when it may be answered. */
  readonly #pending = new Map<string, { readonly hash: string; readonly until: number }>();
  readonly #ttlMs: number;
  readonly #now: () => number;

  constructor(validMs: number, now: () => number) {
    this.#ttlMs = validMs;
    this.#now = now;
  }

  /** `call`: all that the person is shown. The result comes back with their answer. */
  create(call: string): string {
    const id = randomUUID();
    this.#pending.set(id, { hash: hashOf(call), until: this.#now() + this.#ttlMs });
    for (const oldest of this.#pending.keys()) {
      if (this.#pending.size <= MAX_PENDING) break;
      this.#pending.delete(oldest);
    }
    return id;
  }

  /** Whether this call was asked about under this id, and not answered yet. */
  consume(id: string, call: string): boolean {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending !== undefined && pending.hash === hashOf(call) && this.#now() < pending.until;
  }
}

function hashOf(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
