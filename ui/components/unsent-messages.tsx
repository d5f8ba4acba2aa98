import { useChat, useChatState } from "../chat-context.tsx";
import { count } from "../format.ts";
import { Cross } from "./icons.tsx";

/** Messages that have not gone out yet; each can be taken back. */
export function WaitingMessages() {
  const chat = useChat();
  const waiting = useChatState((state) => state.waiting);
  const open = useChatState((state) => state.link === "open");
  if (waiting.length === 0) return null;
  return (
    <section className="waiting" aria-label="Waiting messages">
      <p>{open ? "Next" : "Will be sent when the connection is back"}</p>
      <ul>
        {waiting.map(({ id, text, attachments = [], isUnsure }) => (
          <li key={id}>
            <span>{text}</span>
            {attachments.length > 0 && <small>{count(attachments.length, "file")}</small>}
            {isUnsure && (
              <>
                <small>It may have arrived before the connection was lost.</small>
                <button
                  type="button"
                  className="text-button"
                  aria-label={`Send again: ${text}`}
                  onClick={() => chat.confirm(id)}
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
              onClick={() => chat.withdraw(id)}
            >
              <Cross />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
