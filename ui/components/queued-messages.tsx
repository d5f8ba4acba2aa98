import { useChat, useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { Cross } from "./icons.tsx";

/** Messages that have not been sent yet, with a button to remove each of them. */
export function QueuedMessages() {
  const chat = useChat();
  const queue = useChatState((state) => state.queue);
  const isConnected = useChatState((state) => state.link === "open");
  const isHeld = useChatState((state) => state.isHeld);
  if (queue.length === 0) return null;
  return (
    <section className="queue" aria-label={t("queue.title")}>
      <p>{t(isHeld ? "queue.whenSignedIn" : isConnected ? "queue.queued" : "queue.whenConnected")}</p>
      <ul>
        {queue.map(({ id, text, attachments = [], isUnconfirmed }) => (
          <li key={id}>
            <span dir="auto">{text}</span>
            {attachments.length > 0 && <small>{t("count.files", { count: attachments.length })}</small>}
            {isUnconfirmed && (
              <>
                <small>{t("queue.unconfirmed")}</small>
                <button
                  type="button"
                  className="text-button"
                  aria-label={t("queue.sendAgainText", { text })}
                  onClick={() => chat.confirmQueued(id)}
                >
                  {t("queue.sendAgain")}
                </button>
              </>
            )}
            <button
              type="button"
              className="icon-button"
              aria-label={t("queue.removeText", { text })}
              title={t("queue.remove")}
              onClick={() => chat.removeQueued(id)}
            >
              <Cross />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
