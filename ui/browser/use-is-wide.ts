import { useSyncExternalStore } from "react";

/** Is there room for a column beside the conversation? As in conversations.css. */
export function useIsWide(): boolean {
  return useSyncExternalStore(subscribe, () => query().matches);
}

function subscribe(listener: () => void): () => void {
  const wide = query();
  wide.addEventListener("change", listener);
  return () => wide.removeEventListener("change", listener);
}

const query = () => matchMedia("(width >= 1100px)");
