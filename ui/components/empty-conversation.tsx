import { useChatState } from "../chat-context.tsx";
import { Welcome } from "./welcome.tsx";

/** The content of a conversation without messages, or of one that is still loading. */
export function EmptyConversation() {
  const isOpening = useChatState((state) => state.opening !== undefined);
  return isOpening ? <p className="loading shimmer">Loading the conversation…</p> : <Welcome />;
}
