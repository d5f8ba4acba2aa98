import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { MissingConversation } from "./missing-conversation.tsx";
import { Welcome } from "./welcome.tsx";

/** The content of a conversation without messages, of one that is still loading, or of one that does not exist. */
export function EmptyConversation() {
  const isOpening = useChatState((state) => state.opening !== undefined);
  const isMissing = useChatState((state) => state.missing !== undefined);
  if (isMissing) return <MissingConversation />;
  return isOpening ? <p className="loading shimmer">{t("conversation.loading")}</p> : <Welcome />;
}
