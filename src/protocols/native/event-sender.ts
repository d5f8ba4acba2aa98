/**
 * Sends the events of one session at the pace of the socket. While the client is behind, events wait in the event log and deltas are
 * merged.
 */
import type { LoggedEvent } from "../../events/event-log.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { type EncodeContext, encodeEvent } from "./codec.ts";
import type { FrameSocket } from "./frame-socket.ts";
import { encodeHistory } from "./history.ts";
import { type FoundPage, readHistoryPage } from "./history-page.ts";
import { mergeDeltas } from "./merge-deltas.ts";
import { takeSnapshot } from "./snapshot.ts";
import type { ServerFrame } from "./types.ts";

/** Messages of a snapshot, the newest ones, for a client that names no number. */
const MAX_SNAPSHOT_MESSAGES = 1000;

interface Subscription {
  readonly session: LiveSession;
  readonly unsubscribe: () => void;
}

export interface EventSenderPorts {
  readonly sessions: Pick<SessionRegistry, "subscribe">;
  readonly socket: FrameSocket;
  readonly context: EncodeContext;
  /** The `requestId` of messages sent over this socket; they are not echoed. */
  readonly requestId: unknown;
  /** Runs work after the frames that the client has sent before. */
  readonly enqueue: (work: () => Promise<void>) => void;
}

export class EventSender {
  readonly #ports: EventSenderPorts;
  #subscription: Subscription | undefined;
  /** The newest event that was sent. Later ones wait in the event log while `#isBehind`. */
  #sentSeq = 0;
  #isBehind = false;
  #isClosed = false;
  #snapshotLimit = MAX_SNAPSHOT_MESSAGES;

  constructor(ports: EventSenderPorts) {
    this.#ports = ports;
  }

  /** The subscribed session. */
  get session(): LiveSession | undefined {
    return this.#subscription?.session;
  }

  /** Subscribes to a session in place of the previous one. Sends its events from now on. */
  subscribe(session: LiveSession): void {
    this.#subscription?.unsubscribe();
    this.#sentSeq = session.eventLog.seq;
    this.#isBehind = false;
    const unsubscribe = this.#ports.sessions.subscribe(session, {
      onEvent: (entry) => this.#onEvent(entry),
      onCleared: () => this.#ports.socket.send({ type: "history_cleared" }),
    });
    this.#subscription = { session, unsubscribe };
    if (this.#isClosed) unsubscribe();
  }

  /** Sends the events after `seq` that the client has missed. */
  replay(seq: number, missed: readonly LoggedEvent[]): void {
    this.#sentSeq = seq;
    this.#sendFrames(missed.map((entry) => this.#encode(entry)));
  }

  /** Sends an event a second time, for a client that has repeated a message. */
  sendAgain(entry: LoggedEvent): void {
    this.#ports.socket.send(this.#encode(entry));
  }

  /** Reads the newest messages as they belong to the events so far. `limit` holds for later snapshots too. */
  readSnapshot(session: LiveSession, limit = MAX_SNAPSHOT_MESSAGES): Promise<FoundPage | undefined> {
    this.#snapshotLimit = limit;
    return readHistoryPage((range) => session.readConsistent(range), { limit });
  }

  /** Sends the session's state. @param found what {@link readSnapshot} has just returned. */
  sendSnapshot(session: LiveSession, found: FoundPage | undefined): void {
    const snapshot = takeSnapshot(session, found, this.#ports.context);
    this.#sentSeq = snapshot.seq;
    this.#ports.socket.send(snapshot);
  }

  /** Sends what has waited, once the socket is writable again. */
  onDrain(): void {
    if (!this.#isBehind) return;
    const missed = this.session?.eventLog.eventsAfter(this.#sentSeq);
    if (!missed) {
      this.#ports.socket.closeTooSlow("reads too slowly; resume");
      return;
    }
    this.#isBehind = false;
    this.#sendFrames(mergeDeltas(missed.map((entry) => this.#encode(entry))));
  }

  close(): void {
    this.#isClosed = true;
    this.#subscription?.unsubscribe();
  }

  #onEvent(entry: LoggedEvent): void {
    const { socket, enqueue } = this.#ports;
    const isNotice = entry.event.type === "notice";
    if (this.#isBehind || (!isNotice && entry.seq <= this.#sentSeq)) return;
    if (!isNotice && entry.seq > this.#sentSeq + 1) {
      this.#isBehind = true;
      enqueue(() => this.#resync());
      return;
    }
    if (!isNotice && socket.isFull) {
      this.#isBehind = true;
      return;
    }
    if (!isNotice) this.#sentSeq = entry.seq;
    socket.send(this.#encode(entry));
  }

  /** Sends a snapshot after a gap in the events, whose content is unknown. */
  async #resync(): Promise<void> {
    const subscription = this.#subscription;
    if (!subscription) return;
    try {
      const found = await this.readSnapshot(subscription.session, this.#snapshotLimit);
      if (this.#subscription !== subscription) return;
      this.#isBehind = false;
      this.sendSnapshot(subscription.session, found);
    } catch {
      this.#ports.socket.closeTooSlow("events were lost; resume");
    }
  }

  #sendFrames(frames: readonly ServerFrame[]): void {
    const { socket } = this.#ports;
    for (const frame of frames) {
      if (socket.isFull) {
        this.#isBehind = true;
        return;
      }
      if ("seq" in frame) this.#sentSeq = frame.seq;
      socket.send(frame);
    }
  }

  /** Encodes an event. The start of a turn carries the user message, except to its sender. */
  #encode({ event, seq, turnId, requestId }: LoggedEvent): ServerFrame {
    const { context, requestId: ownRequestId } = this.#ports;
    const frame = encodeEvent(event, { seq, turnId }, context);
    if (event.type !== "turn_started" || frame.type !== "typing" || requestId === ownRequestId) return frame;
    const [question] = encodeHistory([event.question], context);
    return { ...frame, ...(question && { question }) };
  }
}
