/** Holds the state of a session, and the timer of a pending approval. See {@link SessionState}. */
import type { WaitingTurn } from "../chat/types.ts";
import type { ActiveRun, SessionState } from "./types.ts";

/** The longest delay of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** The delay after an expired approval could not be ended, for example because the store is unavailable. */
const RETRY_MS = 2000;

export interface LifecyclePorts {
  readonly now: () => Date;
  /** Called when the pending approval should have expired. The stored turn must be checked: another process may have changed it. */
  readonly onExpired: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

export class Lifecycle {
  readonly #ports: LifecyclePorts;
  #run: ActiveRun | undefined;
  /** Set while a turn waits for a person. A run that suspends its turn sets it before its own end. */
  #pendingTurn: WaitingTurn | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(ports: LifecyclePorts) {
    this.#ports = ports;
  }

  get state(): SessionState {
    if (this.#isClosed) return { name: "closed" };
    if (this.#run) return { name: "running", run: this.#run };
    return this.#pendingTurn ? { name: "awaiting-approval", turn: this.#pendingTurn } : { name: "idle" };
  }

  get run(): ActiveRun | undefined {
    return this.#run;
  }

  /** True from the suspension of a turn on, even before its run has ended. */
  get hasPendingApproval(): boolean {
    return this.#pendingTurn !== undefined;
  }

  /** Leaves `closed`. */
  open(): void {
    this.#isClosed = false;
  }

  /** Enters `running`, from any other state. */
  start(run: ActiveRun): void {
    this.open();
    this.#run = run;
  }

  /** Leaves `running`. */
  end(): void {
    this.#run = undefined;
  }

  /** Sets the turn that waits for a person, and the timer of its approval. */
  suspend(turn: WaitingTurn): void {
    this.#pendingTurn = turn;
    this.#schedule(this.#remainingMs(turn));
  }

  /** Leaves `awaiting-approval`, since the turn was resumed, ended or deleted. */
  release(): void {
    clearTimeout(this.#timer);
    this.#pendingTurn = undefined;
  }

  close(): void {
    this.release();
    this.#isClosed = true;
  }

  isExpired(turn: WaitingTurn): boolean {
    return this.#remainingMs(turn) <= 0;
  }

  #remainingMs({ approval }: WaitingTurn): number {
    return Date.parse(approval.expiresAt) - this.#ports.now().getTime();
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#expire(), Math.min(Math.max(0, ms), MAX_TIMER_MS));
    this.#timer.unref();
  }

  async #expire(): Promise<void> {
    const turn = this.#pendingTurn;
    try {
      await this.#ports.onExpired();
    } catch (error) {
      this.#ports.onError(error);
      if (turn !== undefined && this.#pendingTurn === turn) this.#schedule(RETRY_MS);
    }
  }
}
