/** The requests of a session that wait for their turn, oldest first. */
import { AppError } from "../errors.ts";
import { type TurnRequest, validateTurnRequest } from "../turns/turn-request.ts";
import type { SessionApp } from "./types.ts";

/** Messages of one session that may wait for the running turn. */
const MAX_QUEUED_MESSAGES = 5;

export interface QueuedRequest {
  readonly request: TurnRequest;
  /** Runs work for the client that sent it, as the log and the audit log name it. */
  readonly runAsClient: ReturnType<SessionApp["telemetry"]["capture"]>;
}

type QueueApp = Pick<SessionApp, "authorizer" | "config" | "modelId" | "models" | "telemetry">;

export class RequestQueue {
  readonly #app: QueueApp;
  readonly #requests: QueuedRequest[] = [];
  #refusal: AppError | undefined;

  constructor(app: QueueApp) {
    this.#app = app;
  }

  get length(): number {
    return this.#requests.length;
  }

  /**
   * @throws AppError `message_too_long`, `bad_request`, `queue_full` or the reason of {@link refuse}; the queue then stays as it was.
   */
  add(request: TurnRequest): void {
    if (this.#refusal) throw this.#refusal;
    validateTurnRequest(request, this.#app);
    if (this.#requests.length >= MAX_QUEUED_MESSAGES)
      throw new AppError(
        "queue_full",
        `${MAX_QUEUED_MESSAGES} messages are waiting already. Please wait for an answer.`,
        { retryable: true },
      );
    this.#requests.push({ request, runAsClient: this.#app.telemetry.capture() });
  }

  /** Refuses further requests. */
  refuse(reason: AppError): void {
    this.#refusal = reason;
  }

  take(): QueuedRequest | undefined {
    return this.#requests.shift();
  }

  /** Puts a request back that {@link take} returned. */
  putBack(request: QueuedRequest): void {
    this.#requests.unshift(request);
  }

  /** Returns false when there is no such request. */
  remove(requestId: unknown): boolean {
    const index = this.#requests.findIndex(({ request }) => request.requestId === requestId);
    if (index !== -1) this.#requests.splice(index, 1);
    return index !== -1;
  }

  /** Empties the queue and returns what was in it. */
  takeAll(): readonly TurnRequest[] {
    return this.#requests.splice(0).map(({ request }) => request);
  }
}
