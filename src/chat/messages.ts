import type { Message } from "./types.ts";

/** Where the last turn begins among these. */
export function findTurnStart(messages: readonly Message[]): number {
  return Math.max(
    0,
    messages.findLastIndex(({ role }) => role === "user"),
  );
}
