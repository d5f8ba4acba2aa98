import { useChat, useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";

/** The state of the connection. Its label is visible only while there is no connection. */
export function ConnectionStatus() {
  const chat = useChat();
  const link = useChatState((state) => state.link);
  return (
    <div className={`connection connection-${link}`}>
      <span role="status" className={link === "open" ? "visually-hidden" : undefined}>
        {t(`link.${link}`)}
      </span>
      {link === "reconnecting" && (
        <button type="button" className="text-button" onClick={chat.reconnect}>
          {t("link.reconnect")}
        </button>
      )}
    </div>
  );
}
