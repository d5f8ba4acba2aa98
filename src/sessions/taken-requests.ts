/** Remembers the requests of a session by the ids that clients gave them, so that a repeated request runs no second turn. */
import type { TurnId } from "../chat/types.ts";
import type { EventLog, LoggedEvent } from "../events/event-log.ts";
import type { ReplicatedEventLog } from "../events/replicated-log.ts";

/** Requests that are remembered, the newest ones. */
const MAX_REQUESTS = 200;

/** A request that was submitted, and where its events begin. */
export interface TakenRequest {
  /** The number of an event before those of its turn. */
  readonly after: number;
  /** Set when this process took the request. */
  readonly requestId?: unknown;
  /** Set when another process took it. */
  readonly turnId?: TurnId;
  readonly message: string;
}

export class TakenRequests {
  readonly #eventLog: Pick<EventLog, "eventsAfter" | "loggedEvents" | "seq">;
  readonly #replicatedLog: Pick<ReplicatedEventLog, "loadAll"> | undefined;
  readonly #requests = new Map<string, TakenRequest>();

  /** @param replicatedLog loads the events of other processes. */
  constructor(
    eventLog: Pick<EventLog, "eventsAfter" | "loggedEvents" | "seq">,
    replicatedLog: Pick<ReplicatedEventLog, "loadAll"> | undefined,
  ) {
    this.#eventLog = eventLog;
    this.#replicatedLog = replicatedLog;
  }

  /** Returns the request with this id and message, unless it failed and may be tried again. */
  find(id: string, message: string): TakenRequest | undefined {
    const known = this.#requests.get(keyOf(id, message));
    return known && !this.#hasFailedTemporarily(known) ? known : undefined;
  }

  /** Finds a request that any process took, as long as its events are kept. @throws AppError `store_unavailable` */
  async findAnywhere(id: string, message: string): Promise<TakenRequest | undefined> {
    const known = this.find(id, message);
    if (known || !this.#replicatedLog) return known;
    await this.#replicatedLog.loadAll();
    const entry = this.#eventLog.loggedEvents.findLast(
      ({ event }) =>
        event.type === "turn_started" && event.question.clientId === id && event.question.text === message,
    );
    const taken = entry && { after: entry.seq - 1, turnId: entry.turnId, message };
    return taken && !this.#hasFailedTemporarily(taken) ? taken : undefined;
  }

  /**
   * Submits a request, unless one with this id and message was submitted before. That one may still run.
   * A request that failed without an effect, and may be tried again, is submitted again.
   * @param submit throws when the request is refused, which frees the id.
   */
  take(
    id: string,
    { message, requestId }: Pick<TakenRequest, "message" | "requestId">,
    submit: () => void,
  ): TakenRequest & { readonly isRepeated: boolean } {
    const known = this.find(id, message);
    if (known) return { ...known, isRepeated: true };
    const key = keyOf(id, message);
    const taken = { after: this.#eventLog.seq, requestId, message };
    submit();
    this.#requests.delete(key);
    this.#requests.set(key, taken);
    for (const oldest of this.#requests.keys()) {
      if (this.#requests.size <= MAX_REQUESTS) break;
      this.#requests.delete(oldest);
    }
    return { ...taken, isRepeated: false };
  }

  /** Frees all ids. */
  clear(): void {
    this.#requests.clear();
  }

  /** Returns the event with which the turn of a request ended or began to wait; undefined while it runs or is queued. */
  findEnd(request: TakenRequest): LoggedEvent | undefined {
    const events = this.#eventLog.eventsAfter(request.after) ?? [];
    const turnId = request.turnId ?? events.find((entry) => isFirstEvent(entry, request))?.turnId;
    return events.findLast(
      (entry) =>
        entry.turnId === turnId && (entry.event.type === "turn_ended" || entry.event.type === "turn_waiting"),
    );
  }

  #hasFailedTemporarily(request: TakenRequest): boolean {
    const event = this.findEnd(request)?.event;
    return event?.type === "turn_ended" && event.end.outcome === "failed" && event.end.error.retryable;
  }
}

/** Returns whether a turn begins with this event, or a request that never became a turn ends with it. */
function isFirstEvent({ event, requestId }: LoggedEvent, request: TakenRequest): boolean {
  if (requestId !== request.requestId) return false;
  return event.type !== "turn_started" || event.question.text === request.message;
}

function keyOf(id: string, message: string): string {
  return JSON.stringify([id, message]);
}
