/**
 * Whose the sessions are that somebody else keeps for us and opens for everybody who names them, as Bedrock does with those of
 * its agents. Known as long as this process lives; the sessions of those who are known by nothing are open to whoever knows
 * their names.
 */
import type { Caller, CallerId } from "./types.ts";

/** Beyond so many the one that was used longest ago is forgotten. */
const MAX_CLAIMS = 10_000;

export class SessionClaims {
  readonly #owners = new Map<string, CallerId>();

  /** Whether this caller may use it: it is theirs, or nobody's yet and theirs from now on. */
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
