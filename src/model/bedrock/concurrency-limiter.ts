/** Limits concurrent calls to a model. Calls beyond the limit wait in a queue that is fair across callers. */
import { AppError } from "../../errors.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import { FairQueue, type QueueTicket } from "./fair-queue.ts";
import { cancelledError } from "./retry.ts";
import type { EventBatch } from "./types.ts";

export interface ConcurrencyOptions {
  /** The maximum number of concurrent calls. */
  readonly maxConcurrentRequests: number;
  /** The maximum number of waiting calls. */
  readonly requestQueueSize: number;
}

/** A limiter for one model in one region, because Bedrock's quotas apply per model and region. */
export class ConcurrencyLimiter {
  readonly #queue: FairQueue;
  readonly #limit: AdaptiveLimit;

  /** @param now returns the time in milliseconds. */
  constructor({ maxConcurrentRequests, requestQueueSize }: ConcurrencyOptions, now: () => number) {
    this.#limit = new AdaptiveLimit(maxConcurrentRequests, now);
    this.#queue = new FairQueue(() => this.#limit.limit, requestQueueSize);
  }

  get running(): number {
    return this.#queue.running;
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  /**
   * Runs the call once it is admitted; yields `queued` notices with its position until then.
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
      yield* waitForAdmission(ticket, signal);
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

/** Yields the position at first, and again each time it has halved. */
async function* waitForAdmission(ticket: QueueTicket, signal: AbortSignal): AsyncGenerator<EventBatch> {
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
    ? "High traffic: your request is next in the queue."
    : `High traffic: your request is number ${position} in the queue.`;
}

function queueFullError(waiting: number): AppError {
  return new AppError("queue_full", "I'm experiencing high traffic. Please try again in a moment.", {
    detail: `The queue is full: ${waiting} model calls are waiting (--request-queue-size).`,
    retryable: true,
    retryAfterMs: 5000,
  });
}
