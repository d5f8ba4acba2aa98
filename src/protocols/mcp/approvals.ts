/** Calls that a person is asked about: an answer counts once, in time, and for the very call that was shown. */
import { randomUUID } from "node:crypto";

/** Open questions; the oldest go first. */
const MOST = 10_000;

export class Approvals {
  /** By the id of the question: a hash of what was asked, and until when it may be answered. */
  readonly #open = new Map<string, { readonly hash: string; readonly until: number }>();
  readonly #validMs: number;
  readonly #now: () => number;

  constructor(validMs: number, now: () => number) {
    this.#validMs = validMs;
    this.#now = now;
  }

  /** `call`: all that the person is shown. The result comes back with their answer. */
  ask(call: string): string {
    const id = randomUUID();
    this.#open.set(id, { hash: hashOf(call), until: this.#now() + this.#validMs });
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MOST) break;
      this.#open.delete(oldest);
    }
    return id;
  }

  /** Whether this call was asked about under this id, and not answered yet. */
  take(id: string, call: string): boolean {
    const asked = this.#open.get(id);
    this.#open.delete(id);
    return asked !== undefined && asked.hash === hashOf(call) && this.#now() < asked.until;
  }
}

function hashOf(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
