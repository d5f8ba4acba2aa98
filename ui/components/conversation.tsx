import { type FocusEvent, useEffect, useRef, useState } from "react";
import { Virtualizer } from "virtua";
import { useIsPrinting } from "../browser/use-is-printing.ts";
import { useStickToBottom } from "../browser/use-stick-to-bottom.ts";
import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { findPendingReply } from "../state/turns.ts";
import type { Entry } from "../state/types.ts";
import { EmptyConversation } from "./empty-conversation.tsx";
import { ArrowDown } from "./icons.tsx";
import { Message } from "./message.tsx";

/** Pixels above and below the visible part that are rendered too. */
const BUFFER = 1_000;

/** The messages of the conversation. Only those near the visible part are in the document, except for printing. */
export function Conversation() {
  const entries = useChatState((state) => state.entries);
  const pendingId = useChatState((state) => findPendingReply(state)?.id);
  const viewport = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLElement>(null);
  const [focusedId, setFocusedId] = useState<string | undefined>(undefined);
  const isPrinting = useIsPrinting();
  const { isAtBottom, scrollToBottom } = useStickToBottom(viewport, content);

  // A message that the user has just sent, but not one of another tab or of a snapshot.
  useEffect(() => {
    if (pendingId !== undefined) scrollToBottom();
  }, [pendingId, scrollToBottom]);

  // The entry with the focus, and the newest one, stay in the document when they are not visible.
  const focusedAt = focusedId === undefined ? -1 : entries.findIndex(({ id }) => id === focusedId);
  const kept = [...(focusedAt < 0 ? [] : [focusedAt]), ...(entries.length > 0 ? [entries.length - 1] : [])];

  return (
    <div className="conversation-area">
      <div className="viewport" ref={viewport}>
        <main
          className="conversation-main"
          aria-label={t("conversation.label")}
          ref={content}
          onFocus={(event) => setFocusedId(entryIdOf(event))}
        >
          {entries.length === 0 && <EmptyConversation />}
          {isPrinting ? (
            entries.map(renderEntry)
          ) : (
            <Virtualizer data={entries} scrollRef={viewport} bufferSize={BUFFER} keepMounted={kept}>
              {renderEntry}
            </Virtualizer>
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

/** A constant function: a new one for each rendering would render every message again. */
const renderEntry = (entry: Entry) => <Message key={entry.id} entry={entry} />;

function entryIdOf({ target }: FocusEvent<HTMLElement>): string | undefined {
  return target.closest<HTMLElement>("[data-entry]")?.dataset.entry;
}
