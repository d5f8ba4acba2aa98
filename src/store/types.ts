/** The port to where sessions are kept. Append-only: a turn writes what is new, never the whole history. */
import type { CallerId } from "../access/types.ts";
import type { Message, SessionId } from "../chat/types.ts";

export interface Session {
  readonly id: SessionId;
  readonly owner: CallerId;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/** Notes on the first `through` messages of a session: what a model reads in their place. */
export interface Summary {
  readonly through: number;
  readonly text: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

export interface StoredSession {
  readonly session: Session;
  readonly messages: readonly Message[];
  /** How many messages stand before `messages`. */
  readonly skipped: number;
  /** The newest. */
  readonly summary?: Summary | undefined;
}

export interface SessionStore {
  create(session: Session): Promise<void>;
  /**
   * Undefined when there is none, or it has expired. Whether the asker may see it is the asker's business (access/).
   * `newest`: no more than so many messages, the last ones; what that costs does not depend on how many there are.
   */
  read(id: SessionId, options?: { readonly newest?: number }): Promise<StoredSession | undefined>;
  append(id: SessionId, messages: readonly Message[]): Promise<void>;
  /** The newest replaces those before it; the messages stay. Nothing happens when the session is gone. */
  summarize(id: SessionId, summary: Summary): Promise<void>;
  /** Forgets the messages and their summary, keeps the session. */
  clear(id: SessionId): Promise<void>;
  close(): Promise<void>;
}
