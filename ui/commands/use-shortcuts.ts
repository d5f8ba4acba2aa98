import { useEffect } from "react";
import { focusComposer } from "../browser/focus.ts";
import { letterKeysItem } from "../browser/storage.ts";
import { useOpenConversation } from "../components/use-open-conversation.ts";
import { isComposing } from "./input-method.ts";
import { currentOverlay, openOverlay } from "./overlay.ts";
import { findShortcut } from "./shortcuts.ts";

/** Listens to the keyboard shortcuts of the page. Keys of an input method have none. */
export function useShortcuts(): void {
  const open = useOpenConversation();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isComposing(event)) return;
      const isInField = event.target instanceof Element && event.target.closest(FIELDS) !== null;
      const action = findShortcut(event, isInField, letterKeysItem.read() !== "off");
      // Another dialog has its own keys.
      const isBlocked = document.querySelector("dialog[open]") !== null && currentOverlay() === undefined;
      if (action === undefined || isBlocked) return;
      event.preventDefault();
      if (action === "palette" || action === "shortcuts")
        openOverlay(currentOverlay() === action ? undefined : action);
      else {
        openOverlay(undefined);
        if (action === "new") open(undefined);
        else focusComposer();
      }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  });
}

/** Elements whose keys write or choose something. */
const FIELDS = "input, textarea, select, [contenteditable], [role='listbox'], [role='tree']";
