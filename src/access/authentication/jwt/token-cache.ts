/** Remembers verified tokens for a while, by their hashes: a signature takes many times as long as a hash. */
import { createHash } from "node:crypto";
import type { Identity } from "../../types.ts";

/** Beyond this number, the token that was verified first is forgotten. */
const MAX_TOKENS = 10_000;
/** Milliseconds after which a token is verified again: its key may be gone. */
const MAX_AGE_MS = 60_000;

export class TokenCache {
  readonly #now: () => number;
  readonly #identities = new Map<string, { readonly identity: Identity; readonly verifiedAt: number }>();

  /** @param now returns milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns the identity of a token, verified at most once at a time. A token that is not valid is not remembered. */
  async get(token: string, verify: (token: string) => Promise<Identity>): Promise<Identity> {
    const hash = createHash("sha256").update(token).digest("base64");
    const known = this.#identities.get(hash);
    const now = this.#now();
    const { expiresAt = now } = known?.identity ?? {};
    if (known && now < expiresAt && now - known.verifiedAt < MAX_AGE_MS) return known.identity;
    this.#identities.delete(hash);
    const identity = await verify(token);
    this.#identities.set(hash, { identity, verifiedAt: now });
    const [oldest] = this.#identities.keys();
    if (this.#identities.size > MAX_TOKENS && oldest !== undefined) this.#identities.delete(oldest);
    return identity;
  }

  /** Forgets all tokens, when the keys have changed. */
  clear(): void {
    this.#identities.clear();
  }
}
