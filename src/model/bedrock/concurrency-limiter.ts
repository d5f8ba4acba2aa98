/** What a call passes before it goes out: a queue with fair turns, as long as Bedrock's quota is the limit. */
import { AppError } from "../../errors.ts";
import { Pace } from "./adaptive-limit.ts";
import { FairQueue, type Ticket } from "./fair-queue.ts";
import { cancelled } from "./retry.ts";
import type { Batch } from "./types.ts";

export interface GateOptions {
  /** Calls at once. */
  readonly maxConcurrentRequests: number;
  /** Calls that may wait. */
  readonly requestQueueSize: number;
}

/** One for each model and region, as Bedrock's quotas are. */
export class Gate {
  readonly #queue: FairQueue;
  readonly #pace: Pace;

  /** `now`: milliseconds. */
  constructor({ maxConcurrentRequests, requestQueueSize }: GateOptions, now: () => number) {
    this.#pace = new Pace(maxConcurrentRequests, now);
    this.#queue = new FairQueue(() => this.#pace.limit, requestQueueSize);
  }

  /**
   * The call, once its turn has come; until then `queued` notices tell its place.
   * @throws AppError `queue_full` or `cancelled`, and what the call throws.
   */
  async *pass(caller: string, signal: AbortSignal, call: () => AsyncIterable<Batch>): AsyncGenerator<Batch> {
    const ticket = this.#queue.join(caller);
    if (!ticket) throw queueFull(this.#queue.waiting);
    try {
      yield* turnOf(ticket, signal);
      yield* call();
    } catch (error) {
      if (error instanceof AppError && error.code === "throttled") this.#pace.throttled(this.#queue.running);
      throw error;
    } finally {
      ticket.leave();
    }
  }
}

/** A place is told at first, and again once it has halved. */
async function* turnOf(ticket: Ticket, signal: AbortSignal): AsyncGenerator<Batch> {
  const aborted = Promise.withResolvers<void>();
  const wake = () => aborted.resolve();
  signal.addEventListener("abort", wake, { once: true });
  try {
    for (let told = Number.POSITIVE_INFINITY; ticket.place > 0; ) {
      const { place } = ticket;
      if (place <= told / 2) {
        told = place;
        yield [{ type: "notice", code: "queued", message: placeText(place) }];
        continue;
      }
      await Promise.race([ticket.moved(), aborted.promise]);
      if (signal.aborted) throw cancelled();
    }
  } finally {
    signal.removeEventListener("abort", wake);
  }
}

function placeText(place: number): string {
  return place === 1
    ? "Many people are asking at the moment: you are next."
    : `Many people are asking at the moment: you are number ${place} in the queue.`;
}

function queueFull(waiting: number): AppError {
  return new AppError("queue_full", "I'm experiencing high traffic. Please try again in a moment.", {
    detail: `${waiting} model calls are waiting already (--request-queue-size).`,
    retryable: true,
    retryAfterMs: 5000,
  });
}
