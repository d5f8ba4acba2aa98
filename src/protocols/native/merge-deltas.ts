import type { ServerFrame } from "./types.ts";

/** Merges consecutive deltas of a turn, for a client that reads slowly. Keeps other frames. */
export function mergeDeltas(frames: readonly ServerFrame[]): readonly ServerFrame[] {
  const merged: ServerFrame[] = [];
  for (const frame of frames) {
    const last = merged.at(-1);
    if (
      (frame.type === "text_delta" || frame.type === "reasoning_delta") &&
      last?.type === frame.type &&
      last.turn_id === frame.turn_id
    ) {
      const { first_seq = last.seq } = last;
      merged[merged.length - 1] = { ...frame, first_seq, text: last.text + frame.text };
    } else merged.push(frame);
  }
  return merged;
}
