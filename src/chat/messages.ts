/** Finds positions in a history. */
import type { Message } from "./types.ts";

/** The source of the id and the time of new messages. */
export interface StampSource {
  now(): Date;
  newId(): string;
}

/** Returns the index of the last user message, where the last turn begins; 0 when there is none. */
export function findTurnStart(messages: readonly Message[]): number {
  return Math.max(
    0,
    messages.findLastIndex(({ role }) => role === "user"),
  );
}

/** The number of characters of a result that clients receive. */
export const RESULT_PREVIEW = 10_000;
