import { useRef } from "react";
import { useChatState } from "../chat-context.tsx";
import { useConversations, useConversationsState } from "../conversations-context.tsx";
import { t } from "../language/language.ts";
import { ConversationDays } from "./conversation-days.tsx";
import { Cross, Warning } from "./icons.tsx";

/** The user's conversations: search field, groups by day, and a button that loads older ones. */
export function ConversationsList({ onOpened }: { onOpened: () => void }) {
  const conversations = useConversations();
  const field = useRef<HTMLInputElement>(null);
  // The user must sign in first, and is asked to.
  const isHeld = useChatState((state) => state.isHeld);
  const { status, sessions, next, search, appliedSearch, problem } = useConversationsState((state) => state);
  return (
    <>
      <header>
        <h2>{t("list.title")}</h2>
        <input
          ref={field}
          type="search"
          className="field"
          aria-label={t("list.searchLabel")}
          placeholder={t("list.search")}
          value={search}
          onChange={({ target }) => conversations.search(target.value)}
        />
      </header>
      {problem !== undefined && (
        <p className="conversations-problem" role="alert">
          <span>{problem}</span>
          <button
            type="button"
            className="icon-button"
            aria-label={t("dismiss")}
            onClick={conversations.dismissProblem}
          >
            <Cross />
          </button>
        </p>
      )}
      <div className="conversations-scroll">
        {status === "failed" && !isHeld && (
          <div className="conversations-problem" role="alert">
            <Warning />
            <span>{t("list.failed")}</span>
            <button type="button" className="text-button" onClick={conversations.refresh}>
              {t("tryAgain")}
            </button>
          </div>
        )}
        <ConversationDays sessions={sessions} onOpened={onOpened} onDeleted={() => field.current?.focus()} />
        {status === "ready" && sessions.length === 0 && (
          <p className="conversations-empty" role="status">
            {t(appliedSearch === "" ? "list.empty" : "list.nothingFound")}
          </p>
        )}
        {status !== "failed" && next !== null && (
          <button type="button" className="text-button conversations-more" onClick={conversations.loadMore}>
            {t("list.more")}
          </button>
        )}
      </div>
    </>
  );
}
