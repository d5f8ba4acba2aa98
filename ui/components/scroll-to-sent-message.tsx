import { useThreadViewport } from "@assistant-ui/react";
import { useEffect } from "react";
import { useChatState } from "../chat-context.tsx";
import { findPendingReply } from "../state/turns.ts";

/** Scrolls to a message that the user has just sent, but not to messages from other tabs or from a snapshot. */
export function ScrollToSentMessage() {
  const pendingId = useChatState((state) => findPendingReply(state)?.id);
  const scrollToBottom = useThreadViewport((viewport) => viewport.scrollToBottom);
  useEffect(() => {
    if (pendingId !== undefined) scrollToBottom();
  }, [pendingId, scrollToBottom]);
  return null;
}
