/** The turn of a session that waits for a person: until when, and what happens when nobody has answered by then. */
import type { WaitingTurn } from "../chat/types.ts";

/** What a timer can count. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const RETRY_MS = 2000;

export interface PendingApprovalPorts {
  readonly now: () => Date;
  /** Its time is over, or may be: it is looked at once more where it is stored. */
  readonly onExpired: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

export class PendingApproval {
  readonly #ports: PendingApprovalPorts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: WaitingTurn | undefined;

  constructor(ports: PendingApprovalPorts) {
    this.#ports = ports;
  }

  get isPending(): boolean {
    return this.#turn !== undefined;
  }

  isExpired({ approval }: WaitingTurn): boolean {
    return this.#remainingMs(approval) <= 0;
  }

  suspend(turn: WaitingTurn): void {
    this.#turn = turn;
    this.#schedule(this.#remainingMs(turn.approval));
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#turn = undefined;
  }

  #remainingMs({ expiresAt }: WaitingTurn["approval"]): number {
    return Date.parse(expiresAt) - this.#ports.now().getTime();
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#expire(), Math.min(Math.max(0, ms), MAX_TIMER_MS));
    this.#timer.unref();
  }

  async #expire(): Promise<void> {
    const turn = this.#turn;
    try {
      await this.#ports.onExpired();
    } catch (error) {
      this.#ports.onError(error);
      if (turn !== undefined && this.#turn === turn) this.#schedule(RETRY_MS);
    }
  }
}
