/** What a call passes before it goes out: a queue with fair turns, as long as Bedrock's quota is the limit. */
import { AppError } from "../../errors.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import { FairQueue, type QueueTicket } from "./fair-queue.ts";
import { cancelledError } from "./retry.ts";
import type { EventBatch } from "./types.ts";

export interface ConcurrencyOptions {
  /** Calls at once. */
  readonly maxConcurrentRequests: number;
  /** Calls that may wait. */
  readonly requestQueueSize: number;
}

/** One for each model and region, as Bedrock's quotas are. */
export class ConcurrencyLimiter {
  readonly #queue: FairQueue;
  readonly #limit: AdaptiveLimit;

  /** `now`: milliseconds. */
  constructor({ maxConcurrentRequests, requestQueueSize }: ConcurrencyOptions, now: () => number) {
    this.#limit = new AdaptiveLimit(maxConcurrentRequests, now);
    this.#queue = new FairQueue(() => this.#limit.limit, requestQueueSize);
  }

  /**
   * The call, once its turn has come; until then `queued` notices tell its place.
   * @throws AppError `queue_full` or `cancelled`, and what the call throws.
   */
  async *run(
    caller: string,
    signal: AbortSignal,
    call: () => AsyncIterable<EventBatch>,
  ): AsyncGenerator<EventBatch> {
    const ticket = this.#queue.join(caller);
    if (!ticket) throw queueFullError(this.#queue.waiting);
    try {
      yield* waitForTurn(ticket, signal);
      yield* call();
    } catch (error) {
      if (error instanceof AppError && error.code === "throttled")
        this.#limit.onThrottled(this.#queue.running);
      throw error;
    } finally {
      ticket.release();
    }
  }
}

/** A place is told at first, and again once it has halved. */
async function* waitForTurn(ticket: QueueTicket, signal: AbortSignal): AsyncGenerator<EventBatch> {
  const aborted = Promise.withResolvers<void>();
  const wake = () => aborted.resolve();
  signal.addEventListener("abort", wake, { once: true });
  try {
    for (let reported = Number.POSITIVE_INFINITY; ticket.position > 0; ) {
      const { position } = ticket;
      if (position <= reported / 2) {
        reported = position;
        yield [{ type: "notice", code: "queued", message: positionText(position) }];
        continue;
      }
      await Promise.race([ticket.whenMoved(), aborted.promise]);
      if (signal.aborted) throw cancelledError();
    }
  } finally {
    signal.removeEventListener("abort", wake);
  }
}

function positionText(position: number): string {
  return position === 1
    ? "Many people are asking at the moment: you are next."
    : `Many people are asking at the moment: you are number ${position} in the queue.`;
}

function queueFullError(waiting: number): AppError {
  return new AppError("queue_full", "I'm experiencing high traffic. Please try again in a moment.", {
    detail: `${waiting} model calls are waiting already (--request-queue-size).`,
    retryable: true,
    retryAfterMs: 5000,
  });
}
