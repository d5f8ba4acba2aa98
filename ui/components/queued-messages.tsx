import { useChat, useChatState } from "../chat-context.tsx";
import { formatCount } from "../format.ts";
import { Cross } from "./icons.tsx";

/** Messages that have not been sent yet, with a button to remove each of them. */
export function QueuedMessages() {
  const chat = useChat();
  const queue = useChatState((state) => state.queue);
  const isConnected = useChatState((state) => state.link === "open");
  const isHeld = useChatState((state) => state.isHeld);
  if (queue.length === 0) return null;
  return (
    <section className="queue" aria-label="Queued messages">
      <p>
        {isHeld
          ? "Will be sent when you have signed in"
          : isConnected
            ? "Queued"
            : "Will be sent when the connection is restored"}
      </p>
      <ul>
        {queue.map(({ id, text, attachments = [], isUnconfirmed }) => (
          <li key={id}>
            <span>{text}</span>
            {attachments.length > 0 && <small>{formatCount(attachments.length, "file")}</small>}
            {isUnconfirmed && (
              <>
                <small>This message may have been delivered before the connection was lost.</small>
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
              aria-label={`Remove from queue: ${text}`}
              title="Remove from queue"
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
