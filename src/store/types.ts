/**
 * The port to where sessions are kept. Append-only: a turn writes what is new, never the whole history. Every method
 * rejects with AppError `store_unavailable` (retryable) when the store cannot be reached, is full or read-only.
 */
import type { CallerId } from "../access/types.ts";
import type { Message, ModelUsage, OpenTurn, SessionId } from "../chat/types.ts";

export interface Session {
  readonly id: SessionId;
  readonly owner: CallerId;
  /** ISO 8601 in UTC, as all times here. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Empty until there is one. */
  readonly title: string;
  /** The model that answered last. */
  readonly model?: string | undefined;
  /** Tools that the person allowed for the whole session, by name. */
  readonly allowed: readonly string[];
  /** Of the newest event of its story when it was last written: contract 000, `seq`. */
  readonly seq: number;
  /** What all its turns used, one entry a model. */
  readonly spent: readonly ModelUsage[];
  /** The turn that has not ended. */
  readonly turn?: OpenTurn | undefined;
  /** What a dialect keeps with it from its beginning on, in its own words. */
  readonly label?: string | undefined;
}

/** A session in a list. */
export interface ListedSession extends Session {
  readonly messageCount: number;
}

/** What is new of a session: written in one piece, or not at all. */
export interface SessionChange {
  /** When: the session's `updatedAt`. */
  readonly at: string;
  /** Added behind those there are. */
  readonly messages?: readonly Message[];
  readonly title?: string;
  readonly model?: string;
  readonly allowed?: readonly string[];
  readonly seq?: number;
  readonly spent?: readonly ModelUsage[];
  /** null: it has ended. */
  readonly turn?: OpenTurn | null;
}

/** Notes on the first `through` messages of a session: what a model reads in their place. */
export interface Summary {
  readonly through: number;
  readonly text: string;
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

/**
 * The right to run the turns of a session: one holder at a time, taken over when it was not renewed in time. `fence` grows
 * with every holder, so that one who lost it without noticing can write nothing more.
 */
export interface Lease {
  readonly session: SessionId;
  readonly holder: string;
  readonly fence: number;
}

export interface ListOptions {
  /** At most so many, those that changed last. */
  readonly limit: number;
  /** Only those that changed before: `updatedAt` and id of the last one that was seen. */
  readonly before?: { readonly updatedAt: string; readonly id: SessionId } | undefined;
  /** Only those with this text in their title or in what was said; case does not matter. */
  readonly search?: string | undefined;
}

export interface SessionStore {
  /** Nothing happens when there is one of that id. */
  create(session: Session): Promise<void>;
  /**
   * Undefined when there is none. Whether the asker may see it is the asker's business (access/).
   * `newest`: no more than so many messages, the last ones; what that costs does not depend on how many there are.
   * @throws AppError `session_not_found` when what is stored of it cannot be read; lists leave it out.
   */
  read(id: SessionId, options?: { readonly newest?: number }): Promise<StoredSession | undefined>;
  /**
   * Can be repeated when the answer got lost: messages whose last one is the last one stored are not added again.
   * @throws AppError `session_not_found`, or `lease_lost` when the lease was given back or somebody else has the session.
   */
  write(id: SessionId, change: SessionChange, lease?: Lease): Promise<void>;
  /** The newest replaces those before it; the messages stay. Nothing happens when the session is gone, or has fewer messages. */
  summarize(id: SessionId, summary: Summary): Promise<void>;
  /** Forgets the messages, their summary and title, what was allowed and the open turn; keeps the session. */
  clear(id: SessionId, at: string): Promise<void>;
  delete(id: SessionId): Promise<void>;
  /** The newest first. Each costs what is in the list, never the histories (a search apart). */
  list(owner: CallerId, options: ListOptions): Promise<readonly ListedSession[]>;
  /** Every session's id, in no order: for moving them elsewhere. */
  ids(): AsyncIterable<SessionId>;
  /** Deletes those that did not change since `before` and wait for nobody; how many. */
  expire(before: string): Promise<number>;
  /** Undefined: somebody else has it. Its own holder gets it anew. There need not be such a session yet. */
  acquire(id: SessionId, holder: string, forMs: number): Promise<Lease | undefined>;
  /** False: it is lost. One that ran out and that nobody else took is not. */
  renew(lease: Lease, forMs: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
  /** Does it answer? @throws AppError `store_unavailable` */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** One event of a session's story as it crosses to other processes: `event` is JSON. */
export interface ReplicatedEvent {
  readonly seq: number;
  readonly event: string;
}

/** What several processes that serve the same sessions tell each other while it happens. */
export interface EventBus {
  /**
   * Adds to the session's story, which is bounded, and tells those who watch it elsewhere. In order; never rejects. An entry whose
   * `seq` is not above the last one comes from somebody who lost the session, and is dropped.
   */
  publish(session: SessionId, entry: ReplicatedEvent): void;
  /** Tells those who watch it elsewhere; never rejects. */
  command(session: SessionId, command: string): void;
  /** From when this resolves on, what others publish; `lost`: some of it may have been missed. */
  subscribe(session: SessionId, watcher: BusSubscriber): Promise<() => void>;
  /** Entries after `seq`, oldest first; undefined: the story does not reach back so far. All that there are, when it is unset. */
  eventsAfter(session: SessionId, seq?: number): Promise<readonly ReplicatedEvent[] | undefined>;
  close(): Promise<void>;
}

export interface BusSubscriber {
  onEvent(entry: ReplicatedEvent): void;
  onCommand(command: string): void;
  onGap(): void;
}
