import { focusComposer } from "../browser/focus.ts";
import { useChat } from "../chat-context.tsx";

/** Returns a function that opens another or a new conversation. */
export function useOpenConversation(): (session: string | undefined) => void {
  const chat = useChat();
  return (session) => {
    chat.openSession(session);
    focusComposer();
  };
}
