import { useRef } from "react";
import { useChatState } from "../chat-context.tsx";
import { currentSessionState } from "../conversations.ts";
import { useConversations, useConversationsState } from "../conversations-context.tsx";
import { groupByDay } from "../state/conversations.ts";
import { ConversationItem } from "./conversation-item.tsx";
import { Cross, Warning } from "./icons.tsx";
import { useOpenConversation } from "./use-open-conversation.ts";

/** Found by day, looked for by word. `onOpened`: one was chosen. */
export function ConversationsList({ onOpened }: { onOpened: () => void }) {
  const conversations = useConversations();
  const open = useOpenConversation();
  const field = useRef<HTMLInputElement>(null);
  const { status, sessions, next, search, appliedSearch, problem } = useConversationsState((state) => state);
  const currentId = useChatState((state) => state.session?.id);
  const currentState = useChatState(currentSessionState);
  return (
    <>
      <header>
        <h2>Conversations</h2>
        <input
          ref={field}
          type="search"
          className="field"
          aria-label="Search conversations"
          placeholder="Search"
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
            aria-label="Dismiss"
            onClick={conversations.dismissProblem}
          >
            <Cross />
          </button>
        </p>
      )}
      <div className="conversations-scroll">
        {status === "failed" && (
          <div className="conversations-problem" role="alert">
            <Warning />
            <span>The conversations could not be loaded.</span>
            <button type="button" className="text-button" onClick={conversations.refresh}>
              Try again
            </button>
          </div>
        )}
        {groupByDay(sessions, new Date()).map((day) => (
          <section key={day.name} aria-label={day.name}>
            <h3>{day.name}</h3>
            <ul>
              {day.sessions.map((session) => (
                <ConversationItem
                  key={session.session_id}
                  session={session}
                  state={session.session_id === currentId ? currentState : session.state}
                  isCurrent={session.session_id === currentId}
                  onOpen={() => {
                    open(session.session_id);
                    onOpened();
                  }}
                  onDeleted={() => {
                    if (session.session_id === currentId) open(undefined);
                    field.current?.focus();
                  }}
                />
              ))}
            </ul>
          </section>
        ))}
        {status === "ready" && sessions.length === 0 && (
          <p className="conversations-empty" role="status">
            {appliedSearch === "" ? "What you talk about will be kept here." : "Nothing found."}
          </p>
        )}
        {status !== "failed" && next !== null && (
          <button type="button" className="text-button conversations-more" onClick={conversations.loadMore}>
            Show older ones
          </button>
        )}
      </div>
    </>
  );
}
