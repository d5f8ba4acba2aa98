import { useThreadViewport } from "@assistant-ui/react";
import { useEffect } from "react";
import { useChatState } from "../chat-context.tsx";
import { findPendingReply } from "../state/turns.ts";

/** Who asks is taken to the answer. What another tab asks, or a connection that comes back brings, moves nobody. */
export function ScrollToSentMessage() {
  const pendingId = useChatState((state) => findPendingReply(state)?.id);
  const scrollToBottom = useThreadViewport((viewport) => viewport.scrollToBottom);
  useEffect(() => {
    if (pendingId !== undefined) scrollToBottom();
  }, [pendingId, scrollToBottom]);
  return null;
}
