import { useSyncExternalStore } from "react";

/** Returns whether the screen is wide enough for a column next to the conversation. */
export function useIsWide(): boolean {
  return useSyncExternalStore(subscribe, () => query().matches);
}

function subscribe(listener: () => void): () => void {
  const wide = query();
  wide.addEventListener("change", listener);
  return () => wide.removeEventListener("change", listener);
}

const query = () => matchMedia("(width >= 1100px)");
