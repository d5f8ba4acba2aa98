import { useThreadViewport } from "@assistant-ui/react";
import { useEffect } from "react";
import { useChatState } from "../chat-context.tsx";
import { pendingAnswer } from "../state/turns.ts";

/** Who asks is taken to the answer. What another tab asks, or a connection that comes back brings, moves nobody. */
export function ShowOwnQuestion() {
  const asked = useChatState((state) => pendingAnswer(state)?.id);
  const scrollToBottom = useThreadViewport((viewport) => viewport.scrollToBottom);
  useEffect(() => {
    if (asked !== undefined) scrollToBottom();
  }, [asked, scrollToBottom]);
  return null;
}
