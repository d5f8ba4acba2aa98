import type { ReactNode } from "react";
import { useChatState } from "../chat-context.tsx";
import { useConversationsState } from "../conversations-context.tsx";
import { t } from "../language/language.ts";
import { findAlternatives } from "../state/branches.ts";
import type { UserMessage } from "../state/types.ts";
import { Chevron, ChevronLeft } from "./icons.tsx";
import { useOpenConversation } from "./use-open-conversation.ts";

/** Steps through the conversations that are the same up to a message. Nothing if there is only one. */
export function BranchSwitch({ message: { after } }: { message: UserMessage }) {
  const sessions = useConversationsState((state) => state.sessions);
  const current = useChatState((state) => state.session?.id);
  const open = useOpenConversation();
  const found = after === undefined ? undefined : findAlternatives(sessions, current, after);
  if (found === undefined) return null;
  const { sessions: ids, at } = found;
  const step = (to: number, label: string, icon: ReactNode) => (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      disabled={ids[to] === undefined}
      onClick={() => open(ids[to])}
    >
      {icon}
    </button>
  );
  return (
    <span className="branch-switch">
      {step(at - 1, t("message.previousVersion"), <ChevronLeft />)}
      <span className="visually-hidden">{t("message.version", { at: at + 1, count: ids.length })}</span>
      <span aria-hidden="true">{`${at + 1}/${ids.length}`}</span>
      {step(at + 1, t("message.nextVersion"), <Chevron />)}
    </span>
  );
}
