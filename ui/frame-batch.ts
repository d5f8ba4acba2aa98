/** Collects frames that arrive together, so that they cause one state change and one rendering. */
import type { ServerFrame } from "./protocol.ts";

export interface FrameBatch {
  /** Adds a frame. The first one schedules a flush. */
  add(frame: ServerFrame): void;
  /** Applies the collected frames now. */
  flush(): void;
}

export function createFrameBatch(
  schedule: (flush: () => void) => void,
  apply: (frames: readonly ServerFrame[]) => void,
): FrameBatch {
  let pending: ServerFrame[] = [];

  function flush(): void {
    if (pending.length === 0) return;
    const frames = pending;
    pending = [];
    apply(frames);
  }

  return {
    add(frame) {
      pending.push(frame);
      if (pending.length === 1) schedule(flush);
    },
    flush,
  };
}
