/** Which of the dialogs over the page is open: the command palette, the shortcuts or the tools. */
import { useSyncExternalStore } from "react";

export type Overlay = "palette" | "shortcuts" | "tools";

let open: Overlay | undefined;
const listeners = new Set<() => void>();

/** Opens a dialog in place of another one. Undefined closes it. */
export function openOverlay(overlay: Overlay | undefined): void {
  open = overlay;
  for (const listener of listeners) listener();
}

export function currentOverlay(): Overlay | undefined {
  return open;
}

export function useOverlay(): Overlay | undefined {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentOverlay);
}
