/**
 * Publishes events in order, across outages of the server. A session whose stream would have a gap loses its stream instead,
 * and its subscribers are notified of the gap.
 */
import type { SessionId } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import type { ReplicatedEvent } from "../types.ts";
import type { RedisConnection } from "./connection.ts";
import { appendEvent, evictStream } from "./event-stream.ts";
import { encodeEntry, encodeLost } from "./live-message.ts";

/** The maximum number of events that wait for the server. Beyond it, the streams of their sessions are evicted. */
const MAX_QUEUED = 10_000;
const RETRY_INTERVAL_MS = 250;
const CLOSE_TIMEOUT_MS = 1000;

interface QueuedEvent {
  readonly session: SessionId;
  readonly entry: ReplicatedEvent;
}

export class PublishQueue {
  readonly #connection: RedisConnection;
  readonly #sender: string;
  /** Events that the server has not confirmed, oldest first. */
  #queue: QueuedEvent[] = [];
  /** Sessions whose streams have a gap and are still to be evicted. */
  readonly #broken = new Set<SessionId>();
  #retryTimer: Timer | undefined;
  #isClosed = false;

  /** @param sender the name of this process in live messages. */
  constructor(connection: RedisConnection, sender: string) {
    this.#connection = connection;
    this.#sender = sender;
  }

  publish(session: SessionId, entry: ReplicatedEvent): void {
    if (this.#isClosed) return;
    if (this.#queue.length >= MAX_QUEUED) {
      this.#evict(this.#queue.map(({ session }) => session));
      this.#queue = [];
    }
    const queued = { session, entry };
    this.#queue.push(queued);
    if (this.#retryTimer === undefined) void this.#send(queued);
  }

  /** Accepts no more events, and waits a short time for those that are queued: turns that end with the process publish last. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (let waitedMs = 0; this.#queue.length > 0 && waitedMs < CLOSE_TIMEOUT_MS; waitedMs += 10)
      await Bun.sleep(10);
    clearTimeout(this.#retryTimer);
  }

  async #send(queued: QueuedEvent): Promise<void> {
    const { session, entry } = queued;
    try {
      await appendEvent(this.#connection, session, entry, encodeEntry(this.#sender, entry));
    } catch (error) {
      // The events behind it fail as well. All of them are sent again, in order.
      if (error instanceof AppError) return this.#scheduleRetry();
    }
    this.#remove(queued);
  }

  /** Removes a confirmed event. Older events of its session were overtaken: the server rejects them from now on. */
  #remove(queued: QueuedEvent): void {
    const index = this.#queue.indexOf(queued);
    if (index <= 0) {
      this.#queue.splice(0, index + 1);
      return;
    }
    const overtaken = this.#queue.slice(0, index).filter(({ session }) => session === queued.session);
    this.#queue = this.#queue.filter((other) => other !== queued && !overtaken.includes(other));
    if (overtaken.length > 0) this.#evict([queued.session]);
  }

  #evict(sessions: readonly SessionId[]): void {
    for (const session of sessions) this.#broken.add(session);
    this.#scheduleRetry();
  }

  #scheduleRetry(): void {
    if (this.#retryTimer !== undefined || this.#isClosed) return;
    this.#retryTimer = setTimeout(() => void this.#retry(), RETRY_INTERVAL_MS);
  }

  async #retry(): Promise<void> {
    for (const session of this.#broken) {
      const isEvicted = await evictStream(this.#connection, session, encodeLost(this.#sender)).then(
        () => true,
        () => false,
      );
      if (isEvicted) this.#broken.delete(session);
    }
    this.#retryTimer = undefined;
    if (this.#broken.size > 0) return this.#scheduleRetry();
    for (const queued of [...this.#queue]) void this.#send(queued);
  }
}
