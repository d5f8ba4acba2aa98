import { useAui } from "@assistant-ui/react";
import { focusComposer } from "../browser/focus.ts";
import { useChat } from "../chat-context.tsx";

/** Shows another conversation, or a new one. What waited to be sent goes back to where it is written. */
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
