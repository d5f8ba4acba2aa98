/** Pending approvals of calls. A decision counts once, before it expires, and only for the call that was shown. */
import { randomUUID } from "node:crypto";

/** Limit of pending approvals; the oldest is dropped first. */
const MAX_PENDING = 10_000;

export class McpApprovals {
  /** The hash of the call and the expiry in Unix milliseconds, by the id of the approval. */
  readonly #pending = new Map<string, { readonly hash: string; readonly until: number }>();
  readonly #ttlMs: number;
  readonly #now: () => number;

  constructor(ttlMs: number, now: () => number) {
    this.#ttlMs = ttlMs;
    this.#now = now;
  }

  /** Creates an approval and returns its id, which comes back with the decision. @param call the complete text that the user sees. */
  create(call: string): string {
    const id = randomUUID();
    this.#pending.set(id, { hash: hashOf(call), until: this.#now() + this.#ttlMs });
    for (const oldest of this.#pending.keys()) {
      if (this.#pending.size <= MAX_PENDING) break;
      this.#pending.delete(oldest);
    }
    return id;
  }

  has(id: string): boolean {
    return this.#pending.has(id);
  }

  /** Uses up an approval. Returns whether it was pending for this call. */
  consume(id: string, call: string): boolean {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending !== undefined && pending.hash === hashOf(call) && this.#now() < pending.until;
  }
}

function hashOf(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
