import { useEffect } from "react";
import { goToMessage, resolveAddress } from "../browser/conversation-address.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";

/** The user's questions, each a link to it. Older messages are loaded until all are there. */
export function Questions({ onClose }: { onClose: () => void }) {
  const chat = useChat();
  const entries = useChatState((state) => state.entries);
  const skipped = useChatState((state) => state.older.skipped);
  const session = useChatState((state) => state.session?.id);
  useEffect(() => {
    chat.seek("all");
    return () => {
      if (chat.state().sought === "all") chat.seek(undefined);
    };
  }, [chat]);
  const questions = entries.filter((entry) => entry.kind === "user");
  return (
    <nav className="overview-questions" aria-label={t("overview.questions")}>
      <h3>{t("overview.questions")}</h3>
      {skipped > 0 && <p className="shimmer">{t("conversation.loadingOlder")}</p>}
      <ol>
        {questions.map(({ id, messageId, text }) => (
          <li key={id}>
            {messageId === undefined ? (
              text
            ) : (
              <a
                dir="auto"
                href={resolveAddress(session, messageId)}
                onClick={(event) => {
                  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                  event.preventDefault();
                  onClose();
                  goToMessage(chat, messageId);
                }}
              >
                {text}
              </a>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
