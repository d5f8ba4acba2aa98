/**
 * Remembers the rounds of turns that ended with calls for a client. Such a client keeps the history, but does not see the
 * calls that the server ran. The rounds are held in memory; the oldest are forgotten first.
 */
import type { Message, ToolResult } from "../chat/types.ts";

/** What a turn added to the history before it handed calls over. */
export interface HandedOverRound {
  /** Starts after the user message, or after the results that the client sent. Ends with the message that has the calls. */
  readonly messages: readonly Message[];
  /** Results of the calls in the last message that the server ran. */
  readonly results: readonly ToolResult[];
}

const MAX_ROUNDS = 1000;
const MAX_CHARACTERS = 50_000_000;

export class HandedOverRounds {
  readonly #rounds = new Map<string, { readonly round: HandedOverRound; readonly size: number }>();
  #size = 0;

  /** @param callId a call that was handed over. It must not be guessable: who sends it back gets the round. */
  save(callId: string, round: HandedOverRound): void {
    this.#delete(callId);
    const size = JSON.stringify(round, (_key, value) =>
      typeof value === "bigint" ? String(value) : value,
    ).length;
    this.#rounds.set(callId, { round, size });
    this.#size += size;
    for (const oldest of this.#rounds.keys()) {
      if (this.#rounds.size <= MAX_ROUNDS && this.#size <= MAX_CHARACTERS) break;
      this.#delete(oldest);
    }
  }

  find(callId: string): HandedOverRound | undefined {
    return this.#rounds.get(callId)?.round;
  }

  #delete(callId: string): void {
    this.#size -= this.#rounds.get(callId)?.size ?? 0;
    this.#rounds.delete(callId);
  }
}
