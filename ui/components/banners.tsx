import { useChat, useChatState } from "../chat-context.tsx";
import { Cross } from "./icons.tsx";

/** What the reader should know of this server, and trouble that belongs to no answer. */
export function Banners() {
  const chat = useChat();
  const notice = useChatState((state) => state.assistant.notice);
  const alert = useChatState((state) => state.alert);
  return (
    <>
      {notice !== undefined && notice !== "" && <p className="banner">{notice}</p>}
      {alert !== undefined && (
        <div className="banner banner-alert" role="alert">
          <span>{alert}</span>
          <button
            type="button"
            className="icon-button"
            aria-label="Dismiss"
            title="Dismiss"
            onClick={chat.dismissAlert}
          >
            <Cross />
          </button>
        </div>
      )}
    </>
  );
}
