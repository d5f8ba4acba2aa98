import { useChat, useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";

/** The line above the first message: older ones, which the list requests by itself, or that there are none. */
export function OlderMessages() {
  const chat = useChat();
  const { skipped, isLoading } = useChatState((state) => state.older);
  if (skipped === 0) return <p className="older-messages">{t("conversation.beginning")}</p>;
  return (
    <p className="older-messages">
      {isLoading ? (
        <span className="shimmer">{t("conversation.loadingOlder")}</span>
      ) : (
        <button type="button" className="text-button" onClick={chat.loadOlder}>
          {t("conversation.older")}
        </button>
      )}
    </p>
  );
}
