/** The sessions that one connection uses. They stay in the store until it closes. */
import type { SessionId } from "../chat/types.ts";
import type { LiveSession } from "./live-session.ts";
import type { SessionRegistry } from "./session-registry.ts";

/** Limit of one connection; the least recently used session is released first. */
const MAX_SESSIONS = 1000;

export class RetainedSessions {
  readonly #sessions: SessionRegistry;
  readonly #releases = new Map<SessionId, () => void>();
  readonly #closed: AbortSignal;

  /** @param closed aborts when the connection closes. */
  constructor(sessions: SessionRegistry, closed: AbortSignal) {
    this.#sessions = sessions;
    this.#closed = closed;
    closed.addEventListener("abort", () => {
      for (const release of this.#releases.values()) release();
      this.#releases.clear();
    });
  }

  /** Retains a session and returns it. */
  add(session: LiveSession): LiveSession {
    if (this.#closed.aborted) return session;
    const release = this.#releases.get(session.id) ?? this.#sessions.retain(session);
    this.#releases.delete(session.id);
    this.#releases.set(session.id, release);
    const [oldest] = this.#releases;
    if (this.#releases.size > MAX_SESSIONS && oldest !== undefined) {
      this.#releases.delete(oldest[0]);
      oldest[1]();
    }
    return session;
  }
}
