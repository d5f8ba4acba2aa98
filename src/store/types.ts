/**
 * The port to the session store. The store is append-only: a turn writes its new messages, never the whole history.
 * Every method rejects with AppError `store_unavailable` (retryable) when the store is unreachable, full or read-only.
 */
import type { CallerId, Identity } from "../access/types.ts";
import type { Message, ModelUsage, OpenTurn, SessionId } from "../chat/types.ts";

export interface Session {
  readonly id: SessionId;
  readonly owner: CallerId;
  /** The authenticated user who created it, for reports of usage. Access depends on `owner` alone. */
  readonly createdBy?: Pick<Identity, "user" | "organization"> | undefined;
  /** ISO 8601 in UTC, like every time in this file. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Empty until a title is set. */
  readonly title: string;
  /** The model that replied last. */
  readonly model?: string | undefined;
  /** Names of the tools that the user allowed for the whole session. */
  readonly allowed: readonly string[];
  /** The `seq` of the newest event when the session was last written: src/protocols/native/PROTOCOL.md. */
  readonly seq: number;
  /** The usage of all turns, one entry per model. */
  readonly spent: readonly ModelUsage[];
  /** The turn that has not ended. */
  readonly turn?: OpenTurn | undefined;
  /** Ratings of replies. The key is the id of the user message. */
  readonly feedback?: Readonly<Record<string, Feedback>> | undefined;
  /** Data that a protocol stores with the session when it creates it, in its own format. */
  readonly label?: string | undefined;
}

/** A person's rating of a reply. */
export interface Feedback {
  readonly rating: "up" | "down";
  readonly note?: string | undefined;
  readonly at: string;
}

/** A session in a list. */
export interface ListedSession extends Session {
  readonly messageCount: number;
}

/** A change to a session. The store writes all of it or nothing. */
export interface SessionChange {
  /** The new `updatedAt`. */
  readonly at: string;
  /** Messages to append. */
  readonly messages?: readonly Message[];
  /**
   * The position from which on `messages` replace the stored ones, counted from 0. A summary of replaced messages is deleted.
   * Has no effect without messages. Default: the end.
   */
  readonly replaceFrom?: number;
  readonly title?: string;
  readonly model?: string;
  readonly allowed?: readonly string[];
  readonly seq?: number;
  readonly spent?: readonly ModelUsage[];
  /** All ratings. */
  readonly feedback?: Session["feedback"];
  /** The open turn; null when it has ended. */
  readonly turn?: OpenTurn | null;
}

/** A summary of the first `through` messages of a session. The model reads it in their place. */
export interface Summary {
  readonly through: number;
  readonly text: string;
  readonly at: string;
}

/** Which messages of a session are read: all of them by default. */
export interface MessageRange {
  /** The maximum number of messages, the last ones before the end. */
  readonly newest?: number;
  /** The position at which they end, counted from 0. Default: the end of the history. */
  readonly before?: number;
}

export interface StoredSession {
  readonly session: Session;
  readonly messages: readonly Message[];
  /** The number of older messages that `messages` leaves out. */
  readonly skipped: number;
  /** The newest summary. */
  readonly summary?: Summary | undefined;
}

/**
 * The right to run the turns of a session. One holder has it at a time; another may take it over when it was not renewed in time.
 * `fence` grows with every acquisition, so a holder that lost the lease without noticing can no longer write.
 */
export interface Lease {
  readonly session: SessionId;
  readonly holder: string;
  readonly fence: number;
}

export interface ListOptions {
  /** The maximum number of sessions. */
  readonly limit: number;
  /** The position of the last session of the previous page. Only sessions that changed before it are listed. */
  readonly before?: { readonly updatedAt: string; readonly id: SessionId } | undefined;
  /** A text to find in titles, user messages and replies, ignoring case. */
  readonly search?: string | undefined;
}

export interface SessionStore {
  /** Creates a session. Does nothing when a session with this id exists. */
  create(session: Session): Promise<void>;
  /**
   * Returns undefined when the session does not exist. Does not check access: that is the caller's task (src/access).
   * The cost depends on the number of messages in the range, not on the length of the history.
   * @throws AppError `session_not_found` when the stored data is unreadable. Lists leave such a session out.
   */
  read(id: SessionId, range?: MessageRange): Promise<StoredSession | undefined>;
  /**
   * Writes a change. Can be repeated when the response was lost: messages are not written again when the last of them is
   * the last one stored.
   * @throws AppError `session_not_found`, or `lease_lost` when the lease was released or another holder has acquired it.
   */
  write(id: SessionId, change: SessionChange, lease?: Lease): Promise<void>;
  /** Replaces the summary; the messages stay. Does nothing when the session does not exist or has fewer messages. */
  summarize(id: SessionId, summary: Summary): Promise<void>;
  /** Deletes the messages, summary, title, allowed tools, ratings and open turn of a session. The session stays. */
  clear(id: SessionId, at: string): Promise<void>;
  delete(id: SessionId): Promise<void>;
  /** Lists an owner's sessions, newest first. Reads no histories unless `search` is set. */
  list(owner: CallerId, options: ListOptions): Promise<readonly ListedSession[]>;
  /** Yields the id of every session, in no particular order. Used for exports. */
  ids(): AsyncIterable<SessionId>;
  /** Deletes sessions that have not changed since `before` and do not wait for an approval. Returns their number. */
  expire(before: string): Promise<number>;
  /**
   * Acquires the lease of a session, which need not exist yet. The current holder gets a new lease.
   * Returns undefined when another holder has the lease.
   */
  acquire(id: SessionId, holder: string, forMs: number): Promise<Lease | undefined>;
  /** Returns false when the lease is lost. An expired lease that nobody else acquired is not lost. */
  renew(lease: Lease, forMs: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
  /**
   * Keeps a session of an open connection from expiring in a store that deletes idle ones after minutes, until the returned function is called.
   * Undefined in stores that keep sessions for `--retention-hours` anyway.
   */
  retain?(id: SessionId): () => void;
  /** Checks that the store responds and takes writes. @throws AppError `store_unavailable` */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** An event of a session as other processes receive it: `event` is JSON. */
export interface ReplicatedEvent {
  readonly seq: number;
  readonly event: string;
}

/** Replicates events and commands between the processes that serve the same sessions. */
export interface EventBus {
  /**
   * Appends an event to the session's bounded log and sends it to the subscribers in other processes, in order. Never rejects.
   * Drops an event whose `seq` is not above the last one: its sender has lost the session.
   */
  publish(session: SessionId, entry: ReplicatedEvent): void;
  /** Sends a command to the subscribers in other processes. Never rejects. */
  command(session: SessionId, command: string): void;
  /**
   * Delivers what other processes publish once the promise resolves. Returns a function that unsubscribes.
   * @throws AppError `store_unavailable`
   */
  subscribe(session: SessionId, subscriber: BusSubscriber): Promise<() => void>;
  /**
   * Returns the events after `seq`, oldest first, or all events when `seq` is undefined.
   * Returns undefined when the log does not reach back to `seq`.
   */
  eventsAfter(session: SessionId, seq?: number): Promise<readonly ReplicatedEvent[] | undefined>;
  close(): Promise<void>;
}

export interface BusSubscriber {
  onEvent(entry: ReplicatedEvent): void;
  onCommand(command: string): void;
  /** Called when events may have been missed. */
  onGap(): void;
}
