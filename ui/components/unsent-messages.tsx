import { useChat, useChatState } from "../chat-context.tsx";
import { formatCount } from "../format.ts";
import { Cross } from "./icons.tsx";

/** Messages that have not gone out yet; each can be taken back. */
export function QueuedMessages() {
  const chat = useChat();
  const queue = useChatState((state) => state.queue);
  const isConnected = useChatState((state) => state.link === "open");
  if (queue.length === 0) return null;
  return (
    <section className="waiting" aria-label="Waiting messages">
      <p>{isConnected ? "Next" : "Will be sent when the connection is back"}</p>
      <ul>
        {queue.map(({ id, text, attachments = [], isUnconfirmed }) => (
          <li key={id}>
            <span>{text}</span>
            {attachments.length > 0 && <small>{formatCount(attachments.length, "file")}</small>}
            {isUnconfirmed && (
              <>
                <small>It may have arrived before the connection was lost.</small>
                <button
                  type="button"
                  className="text-button"
                  aria-label={`Send again: ${text}`}
                  onClick={() => chat.confirmQueued(id)}
                >
                  Send again
                </button>
              </>
            )}
            <button
              type="button"
              className="icon-button"
              aria-label={`Do not send: ${text}`}
              title="Do not send"
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
