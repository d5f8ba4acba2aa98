import { useEffect, useRef, useState } from "react";
import { useStickToBottom } from "../browser/use-stick-to-bottom.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { findPendingReply } from "../state/turns.ts";
import { EmptyConversation } from "./empty-conversation.tsx";
import { ArrowDown } from "./icons.tsx";
import { MessageList } from "./message-list.tsx";

/** The conversation, which scrolls, and the button that leads to its end. */
export function Conversation() {
  const { isReadOnly } = useChat();
  const isEmpty = useChatState((state) => state.entries.length === 0);
  const pendingId = useChatState((state) => findPendingReply(state)?.id);
  const viewport = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLElement>(null);
  const [focusedId, setFocusedId] = useState<string | undefined>(undefined);
  const { isAtBottom, scrollToBottom, stopFollowing } = useStickToBottom(viewport, content, !isReadOnly);

  // A message that the user has just sent, but not one of another tab or of a snapshot.
  useEffect(() => {
    if (pendingId !== undefined) scrollToBottom();
  }, [pendingId, scrollToBottom]);

  return (
    <div className="conversation-area">
      <div className="viewport" ref={viewport}>
        <main
          className="conversation-main"
          aria-label={t("conversation.label")}
          ref={content}
          onFocus={({ target }) => setFocusedId(entryIdOf(target))}
        >
          {isEmpty ? (
            <EmptyConversation />
          ) : (
            <MessageList viewport={viewport} focusedId={focusedId} onJump={stopFollowing} />
          )}
        </main>
      </div>
      {!isAtBottom && (
        <button
          type="button"
          className="round-button round-button-secondary scroll-to-bottom"
          aria-label={t("conversation.scrollToLatest")}
          title={t("conversation.scrollToLatest")}
          onClick={scrollToBottom}
        >
          <ArrowDown />
        </button>
      )}
    </div>
  );
}

function entryIdOf(element: Element): string | undefined {
  return element.closest<HTMLElement>("[data-entry]")?.dataset.entry;
}
