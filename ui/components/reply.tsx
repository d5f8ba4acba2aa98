import { useAui } from "@assistant-ui/react";
import { memo } from "react";
import { focusComposer } from "../browser/focus.ts";
import { useChat } from "../chat-context.tsx";
import { Markdown } from "../markdown/markdown.tsx";
import { groupParts } from "../state/group-calls.ts";
import { filesOf, isLive, textOf } from "../state/reply.ts";
import type { Reply } from "../state/types.ts";
import { Approval } from "./approval.tsx";
import { CallCard } from "./call-card.tsx";
import { CopyButton } from "./copy-button.tsx";
import { FailureBox } from "./failure.tsx";
import { Files } from "./files.tsx";
import { Reasoning } from "./reasoning.tsx";
import { SignInHint } from "./sign-in-hint.tsx";
import { ProgressIndicator } from "./typing-indicator.tsx";
import { UsageSummary } from "./usage.tsx";

interface Ending {
  readonly text: string;
  /** What the reader may ask to go on. */
  readonly followUp?: string;
}

/** How an answer ended when it did not simply end. */
const ENDINGS: Readonly<Record<string, Ending>> = {
  stopped: { text: "Stopped." },
  max_tokens: { text: "The answer reached its length limit.", followUp: "Please continue." },
  tool_limit: { text: "The limit of calls for one answer was reached.", followUp: "Please continue." },
  guardrail: { text: "A guardrail ended this answer." },
  content_filtered: { text: "A content filter ended this answer." },
  context_exceeded: { text: "The conversation is too long for the model. Start a new one." },
};

const EMPTY_REPLY: Ending = { text: "The model gave no answer." };

export const ReplyView = memo(function AnswerView({ answer }: { answer: Reply }) {
  const aui = useAui();
  const chat = useChat();
  const isActive = isLive(answer);
  const last = answer.parts.length - 1;
  const text = textOf(answer);
  const files = filesOf(answer);
  const isEmpty = answer.status === "done" && text === "" && files.length === 0;
  const ending = ENDINGS[answer.stopReason ?? ""] ?? (isEmpty ? EMPTY_REPLY : undefined);
  return (
    <article aria-label="Assistant" aria-busy={isActive}>
      {answer.notices.map((notice, index) => (
        <p key={index} className="notice">
          {notice}
        </p>
      ))}
      {groupParts(answer.parts).map((group) => {
        if (group.type === "calls")
          return (
            <div key={group.at} className="calls">
              {group.calls.map((call) => (
                <CallCard key={call.id} call={call} />
              ))}
            </div>
          );
        if (group.type === "approval") return <Approval key={group.id} id={group.id} calls={group.calls} />;
        if (group.type === "reasoning")
          return <Reasoning key={group.at} text={group.text} live={isActive && group.at === last} />;
        return <Markdown key={group.at} text={group.text} />;
      })}
      {files.length > 0 && <Files files={files} label="Files" />}
      {!isActive && <SignInHint answer={answer} />}
      {isActive && <ProgressIndicator answer={answer} />}
      {answer.failure !== undefined && (
        <FailureBox
          failure={answer.failure}
          onRetry={() => {
            chat.retry(answer.id);
            focusComposer();
          }}
          onEdit={() => {
            aui.thread().composer().setText(chat.retract(answer.id));
            focusComposer();
          }}
        />
      )}
      {ending !== undefined && (
        <p className="ending">
          {ending.text}
          {ending.followUp !== undefined && (
            <button type="button" className="text-button" onClick={() => chat.send(ending.followUp ?? "")}>
              Continue
            </button>
          )}
        </p>
      )}
      {!isActive && (text !== "" || answer.usage !== undefined) && (
        <footer className="answer-footer">
          {text !== "" && <CopyButton what="answer" text={() => text} />}
          <UsageSummary answer={answer} />
        </footer>
      )}
    </article>
  );
});
