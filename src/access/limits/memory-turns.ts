/** Counts the turns that run in one process. */
import type { RunningTurns } from "./types.ts";

export function createMemoryTurns(): RunningTurns {
  const running = new Map<string, Set<string>>();
  return {
    async acquire(turn, slots) {
      const full = slots.findIndex(({ subject, max }) => (running.get(subject)?.size ?? 0) >= max);
      if (full !== -1) return full;
      for (const { subject } of slots) running.getOrInsertComputed(subject, () => new Set()).add(turn);
      return undefined;
    },
    async release(turn, subjects) {
      for (const subject of subjects) {
        const turns = running.get(subject);
        turns?.delete(turn);
        if (turns?.size === 0) running.delete(subject);
      }
    },
  };
}
