import { useChatState } from "../chat-context.tsx";
import { currentSessionState } from "../conversations.ts";
import { t } from "../language/language.ts";
import type { SessionFrame } from "../protocol.ts";
import { groupByDay } from "../state/conversations.ts";
import { ConversationItem } from "./conversation-item.tsx";
import { useOpenConversation } from "./use-open-conversation.ts";

interface ConversationDaysProps {
  readonly sessions: readonly SessionFrame[];
  readonly onOpened: () => void;
  readonly onDeleted: () => void;
}

/** Conversations grouped by the day of their last update. */
export function ConversationDays({ sessions, onOpened, onDeleted }: ConversationDaysProps) {
  const open = useOpenConversation();
  const currentId = useChatState((state) => state.session?.id);
  const currentState = useChatState(currentSessionState);
  return groupByDay(sessions, new Date()).map((day) => (
    <section key={day.name} aria-label={t(`list.${day.name}`)}>
      <h3>{t(`list.${day.name}`)}</h3>
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
              onDeleted();
            }}
          />
        ))}
      </ul>
    </section>
  ));
}
