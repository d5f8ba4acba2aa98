import { useChatState } from "../chat-context.tsx";
import { Welcome } from "./welcome.tsx";

/** Where nothing has been said, or nothing of it is here yet. */
export function EmptyConversation() {
  const isOpening = useChatState((state) => state.opening !== undefined);
  return isOpening ? <p className="opening shimmer">Opening the conversation…</p> : <Welcome />;
}
