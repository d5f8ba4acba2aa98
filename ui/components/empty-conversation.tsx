import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { Welcome } from "./welcome.tsx";

/** The content of a conversation without messages, or of one that is still loading. */
export function EmptyConversation() {
  const isOpening = useChatState((state) => state.opening !== undefined);
  return isOpening ? <p className="loading shimmer">{t("conversation.loading")}</p> : <Welcome />;
}
