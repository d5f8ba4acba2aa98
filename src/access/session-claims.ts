/**
 * The owners of sessions that another service stores, such as Bedrock agents, which open a session for anyone who names it.
 * Owners are held in memory. A session that only anonymous callers have used is open to everyone who knows its name.
 */
import type { Caller, CallerId } from "./types.ts";

/** The maximum number of claims. The least recently used are evicted first. */
const MAX_CLAIMS = 10_000;

export class SessionClaims {
  readonly #owners = new Map<string, CallerId>();

  /** Claims a session without an owner. Returns whether the caller may use the session. */
  claim(session: string, { id, kind }: Caller): boolean {
    const owner = this.#owners.get(session);
    if (owner === undefined && kind === "anonymous") return true;
    if (owner !== undefined && owner !== id) return false;
    this.#owners.delete(session);
    this.#owners.set(session, id);
    const [oldest] = this.#owners.keys();
    if (this.#owners.size > MAX_CLAIMS && oldest !== undefined) this.#owners.delete(oldest);
    return true;
  }
}
