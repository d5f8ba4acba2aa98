import { memo } from "react";
import { focusComposer } from "../browser/focus.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import type { PlainKey } from "../language/types.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { groupParts } from "../state/group-parts.ts";
import { filesOf, isLive, textOf } from "../state/reply.ts";
import type { Reply } from "../state/types.ts";
import { Approval } from "./approval.tsx";
import { CallGroup } from "./call-group.tsx";
import { ChartFigure } from "./chart-figure.tsx";
import { FailureBox } from "./failure-box.tsx";
import { Files } from "./files.tsx";
import { ProgressIndicator } from "./progress-indicator.tsx";
import { Reasoning } from "./reasoning.tsx";
import { ReplyActions } from "./reply-actions.tsx";
import { SignInHint } from "./sign-in-hint.tsx";

interface StopNote {
  readonly key: PlainKey;
  /** A further message lets the assistant continue. */
  readonly canContinue?: true;
}

/** Notes for stop reasons other than the normal end of a reply. */
const STOP_NOTES: Readonly<Record<string, StopNote>> = {
  stopped: { key: "reply.stopped", canContinue: true },
  max_tokens: { key: "reply.maxTokens", canContinue: true },
  tool_limit: { key: "reply.toolLimit", canContinue: true },
  guardrail: { key: "reply.guardrail" },
  content_filtered: { key: "reply.contentFiltered" },
  context_exceeded: { key: "reply.contextExceeded" },
};

const EMPTY_REPLY: StopNote = { key: "reply.empty" };

/** The assistant's reply: its parts, files, failure, and usage. */
export const ReplyView = memo(function ReplyView({ reply }: { reply: Reply }) {
  const chat = useChat();
  const isLast = useChatState(({ entries }) => entries.at(-1)?.id === reply.id);
  const isActive = isLive(reply);
  const last = reply.parts.length - 1;
  const text = textOf(reply);
  const files = filesOf(reply);
  const groups = groupParts(reply.parts);
  const isEmpty = reply.status === "done" && text === "" && files.length === 0;
  const note = STOP_NOTES[reply.stopReason ?? ""] ?? (isEmpty ? EMPTY_REPLY : undefined);
  return (
    <article aria-label={t("conversation.assistant")} aria-busy={isActive}>
      {reply.notices.map((notice, index) => (
        <p key={index} className="notice" dir="auto">
          {notice}
        </p>
      ))}
      {groups.map((group) => {
        if (group.type === "calls")
          return (
            <CallGroup key={group.at} calls={group.calls} isLast={isActive && group === groups.at(-1)} />
          );
        if (group.type === "chart") return <ChartFigure key={group.at} call={group.call} />;
        if (group.type === "approval") return <Approval key={group.id} id={group.id} calls={group.calls} />;
        if (group.type === "reasoning")
          return <Reasoning key={group.at} text={group.text} isLive={isActive && group.at === last} />;
        return <Markdown key={group.at} text={group.text} isLive={isActive && group.at === last} />;
      })}
      {files.length > 0 && <Files files={files} label={t("reply.files")} />}
      {!isActive && <SignInHint reply={reply} />}
      {isActive && <ProgressIndicator reply={reply} />}
      {reply.failure !== undefined && !chat.isReadOnly && (
        <FailureBox
          failure={reply.failure}
          onRetry={() => {
            chat.retry(reply.id);
            focusComposer();
          }}
          onEdit={() => {
            chat.retract(reply.id);
            focusComposer();
          }}
        />
      )}
      {note !== undefined && (
        <p className="reply-note">
          {t(note.key)}
          {note.canContinue && isLast && !chat.isReadOnly && (
            <button
              type="button"
              className="text-button"
              onClick={() => chat.send(t("reply.pleaseContinue"))}
            >
              {t("reply.continue")}
            </button>
          )}
        </p>
      )}
      {!isActive && (text !== "" || reply.usage !== undefined) && <ReplyActions reply={reply} />}
    </article>
  );
});
