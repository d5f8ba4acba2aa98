/** The turn of a session that waits for a person: until when, and what happens when nobody has answered by then. */
import type { WaitingTurn } from "../chat/types.ts";

/** What a timer can count. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const TRY_AGAIN_MS = 2000;

export interface HeldTurnPorts {
  readonly now: () => Date;
  /** Its time is over, or may be: it is looked at once more where it is stored. */
  readonly expired: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export class HeldTurn {
  readonly #ports: HeldTurnPorts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: WaitingTurn | undefined;

  constructor(ports: HeldTurnPorts) {
    this.#ports = ports;
  }

  get isThere(): boolean {
    return this.#turn !== undefined;
  }

  isLate({ approval }: WaitingTurn): boolean {
    return this.#left(approval) <= 0;
  }

  hold(turn: WaitingTurn): void {
    this.#turn = turn;
    this.#wait(this.#left(turn.approval));
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#turn = undefined;
  }

  #left({ expiresAt }: WaitingTurn["approval"]): number {
    return Date.parse(expiresAt) - this.#ports.now().getTime();
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#expire(), Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
    this.#timer.unref();
  }

  async #expire(): Promise<void> {
    const turn = this.#turn;
    try {
      await this.#ports.expired();
    } catch (error) {
      this.#ports.failed(error);
      if (turn !== undefined && this.#turn === turn) this.#wait(TRY_AGAIN_MS);
    }
  }
}
