import { useAui } from "@assistant-ui/react";
import { useEffect, useRef } from "react";
import { draftItem } from "../browser/storage.ts";

export interface Draft {
  /**
   * Clears the stored draft at once. The effect would clear it later, and a reload in between would restore a message
   * that is also in the queue.
   */
  clear(): void;
}

/** Restores the composer's text after a reload, and stores it after each change. */
export function useDraft(text: string): Draft {
  const aui = useAui();
  const isRestored = useRef(false);

  useEffect(() => {
    if (!isRestored.current) {
      isRestored.current = true;
      const storedText = draftItem.read();
      if (storedText !== undefined) return aui.composer().setText(storedText);
    }
    draftItem.write(text);
  }, [aui, text]);

  return { clear: () => draftItem.write("") };
}
