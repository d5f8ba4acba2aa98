/** The port to where sessions are kept. Append-only: a turn writes what is new, never the whole history. */
import type { CallerId } from "../access/types.ts";
import type { Message, SessionId } from "../chat/types.ts";

export interface Session {
  readonly id: SessionId;
  readonly owner: CallerId;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

export interface SessionStore {
  create(session: Session): Promise<void>;
  /** Undefined when there is none, or it has expired. Whether the asker may see it is the asker's business (access/). */
  read(
    id: SessionId,
  ): Promise<{ readonly session: Session; readonly messages: readonly Message[] } | undefined>;
  append(id: SessionId, messages: readonly Message[]): Promise<void>;
  /** Forgets the messages, keeps the session. */
  clear(id: SessionId): Promise<void>;
  close(): Promise<void>;
}
