/** Streams one turn of a session to a reader that pulls. The native protocol subscribes to the session instead. */
import type { TurnId } from "../chat/types.ts";
import { AppError } from "../errors.ts";
import type { LoggedEvent, Subscriber } from "../events/event-log.ts";
import { EventQueue, endsOrSuspendsTurn } from "../events/event-queue.ts";
import type { TurnRequest } from "../turns/turn-request.ts";
import type { LiveSession } from "./live-session.ts";
import type { SessionRegistry } from "./session-registry.ts";

export interface StreamOptions {
  /** Goes on after a request for approval, until the turn has ended. Default: the stream ends with the request. */
  readonly waitForApproval?: boolean;
}

/**
 * Submits a request and yields the events of its turn, notices included. Aborting `signal`, or leaving the loop, stops the turn;
 * the text so far is kept.
 * @throws AppError as {@link LiveSession.submit} does, before anything is yielded; `stopping` when the server stops before the end.
 */
export async function* streamTurn(
  sessions: Pick<SessionRegistry, "subscribe">,
  session: LiveSession,
  request: Omit<TurnRequest, "requestId">,
  signal: AbortSignal,
  { waitForApproval = false }: StreamOptions = {},
): AsyncGenerator<LoggedEvent, void> {
  const requestId = Symbol();
  let turnId: TurnId | undefined;
  let status: "running" | "suspended" | "ended" = "running";
  let closedBy: AppError | undefined;
  const queue = new EventQueue<LoggedEvent>();
  const unsubscribe = sessions.subscribe(session, {
    onEvent(entry) {
      if (entry.requestId === requestId) turnId = entry.turnId;
      if (entry.turnId !== turnId) return;
      if (entry.event.type === "turn_waiting") status = "suspended";
      if (entry.event.type === "turn_ended") status = "ended";
      queue.push(entry);
    },
    onCleared() {},
    onClosed(error) {
      closedBy = error;
      stop();
      queue.interrupt();
    },
  });
  const stop = () => {
    // A suspended turn belongs to the session, no longer to this request.
    if (status === "suspended") void session.stop();
    else if (status === "running") session.cancelRequest(requestId);
  };
  let isOver = false;
  try {
    session.submit({ ...request, requestId });
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    for await (const entry of queue) {
      isOver = entry.event.type === "turn_ended" || (!waitForApproval && endsOrSuspendsTurn(entry.event));
      yield entry;
      if (isOver) return;
    }
    if (closedBy) throw closedBy;
  } finally {
    signal.removeEventListener("abort", stop);
    if (!isOver && !closedBy) stop();
    unsubscribe();
  }
}

/** Where to read a turn from, and which turn. */
export interface TurnCursor {
  /** Yields the events after this number. */
  readonly after: number;
  /** Unset: the turn that the request with `requestId` begins. */
  readonly turnId?: TurnId;
  readonly requestId?: unknown;
  /** Skips requests for approval up to this number: they are decided already. */
  readonly decidedThrough?: number;
}

/** Events that may wait in memory. A slower reader gets the rest from the event log, as long as that has it. */
const MAX_BUFFERED_EVENTS = 64;

/** Queues the events of one turn in order. On a gap, and for a slow reader, the queue is interrupted: the log has the rest. */
class TurnFollower implements Subscriber {
  readonly queue = new EventQueue<LoggedEvent>();
  readonly #requestId: unknown;
  /** Why no further event comes. */
  closedBy: AppError | undefined;
  #turnId: TurnId | undefined;
  #seq: number;

  constructor({ after, turnId, requestId }: TurnCursor) {
    this.#seq = after;
    this.#turnId = turnId;
    this.#requestId = requestId;
  }

  /** The number of the newest event that was queued, replayed or skipped. */
  get seq(): number {
    return this.#seq;
  }

  onEvent(entry: LoggedEvent): void {
    if (entry.event.type === "notice" || entry.seq <= this.#seq) return;
    const isNext = entry.seq === this.#seq + 1;
    if (!isNext || this.queue.length >= MAX_BUFFERED_EVENTS) this.queue.interrupt();
    else if (this.#advanceTo(entry)) this.queue.push(entry);
  }

  onCleared(): void {}

  onClosed(error: AppError): void {
    this.closedBy = error;
    this.queue.interrupt();
  }

  /** Returns those of the entries that are of the turn and were not queued yet. */
  replay(entries: readonly LoggedEvent[]): readonly LoggedEvent[] {
    return entries.filter((entry) => entry.seq > this.#seq && this.#advanceTo(entry));
  }

  #advanceTo(entry: LoggedEvent): boolean {
    this.#seq = entry.seq;
    if (this.#requestId !== undefined && entry.requestId === this.#requestId) this.#turnId = entry.turnId;
    return entry.turnId === this.#turnId;
  }
}

/**
 * Yields the events of a turn from a cursor on, without notices, until the turn has ended or waits for a person. Leaving the loop,
 * or aborting `signal`, lets the turn go on for the grace of the settings.
 * @throws AppError `interrupted` when the reader is so slow that the event log no longer has the next event, `stopping` when the
 * server stops before the end.
 */
export async function* followTurn(
  sessions: Pick<SessionRegistry, "subscribe">,
  session: LiveSession,
  cursor: TurnCursor,
  signal: AbortSignal,
): AsyncGenerator<LoggedEvent, void> {
  const follower = new TurnFollower(cursor);
  const unsubscribe = sessions.subscribe(session, follower);
  const onAbort = () => follower.queue.interrupt();
  signal.addEventListener("abort", onAbort);
  try {
    for await (const entry of readEntries(session, follower, signal)) {
      const isSuspended = entry.event.type === "turn_waiting";
      if (isSuspended && entry.seq <= (cursor.decidedThrough ?? 0)) continue;
      yield entry;
      if (isSuspended || entry.event.type === "turn_ended" || signal.aborted) return;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    unsubscribe();
  }
}

async function* readEntries(
  session: LiveSession,
  follower: TurnFollower,
  signal: AbortSignal,
): AsyncGenerator<LoggedEvent, void> {
  while (!signal.aborted) {
    const missed = await session.eventsAfter(follower.seq);
    if (!missed) throw new AppError("interrupted", "The answer went on without this client. Please resume.");
    yield* follower.replay(missed);
    yield* follower.queue;
    if (follower.closedBy) throw follower.closedBy;
  }
}
