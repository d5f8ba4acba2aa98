import { useAui } from "@assistant-ui/react";
import { focusComposer } from "../browser/focus.ts";
import { useChat } from "../chat-context.tsx";

/** Returns a function that opens another or a new conversation. Queued messages move back to the composer. */
export function useOpenConversation(): (session: string | undefined) => void {
  const aui = useAui();
  const chat = useChat();
  return (session) => {
    const unsent = chat.openSession(session);
    const composer = aui.thread().composer();
    const { text } = composer.getState();
    if (unsent !== "") composer.setText([unsent, text].filter((part) => part !== "").join("\n\n"));
    focusComposer();
  };
}
