import { type RefObject, useEffect } from "react";
import type { VirtualizerHandle } from "virtua";
import { useChat, useChatState } from "../chat-context.tsx";
import { findMessage } from "../state/older.ts";

/** Milliseconds for which a message is marked that the user has jumped to. */
const MARKED_MS = 2_000;

/** Scrolls to the message that the user seeks, once it is there, and gives it the focus. */
export function useSoughtMessage(list: RefObject<VirtualizerHandle | null>, onJump: () => void): void {
  const chat = useChat();
  const entryId = useChatState((state) =>
    typeof state.sought === "object" ? findMessage(state, state.sought.messageId)?.id : undefined,
  );
  useEffect(() => {
    if (entryId === undefined) return;
    onJump();
    const at = chat.state().entries.findIndex(({ id }) => id === entryId);
    list.current?.scrollToIndex(at, { align: "start" });
    chat.seek(undefined);
    markEntry(entryId);
  }, [entryId, chat, list, onJump]);
}

/** The list renders the entry after it has scrolled there, and hides it until it is measured. */
function markEntry(entryId: string, attempts = 60): void {
  const entry = document.querySelector<HTMLElement>(`[data-entry="${CSS.escape(entryId)}"]`);
  if (entry !== null) {
    entry.tabIndex = -1;
    entry.focus({ preventScroll: true });
  }
  if (entry === null || document.activeElement !== entry) {
    if (attempts > 0) requestAnimationFrame(() => markEntry(entryId, attempts - 1));
    return;
  }
  entry.classList.add("entry-sought");
  setTimeout(() => entry.classList.remove("entry-sought"), MARKED_MS);
}
