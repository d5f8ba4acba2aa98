import { type ReactNode, useState } from "react";
import { useChat, useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { textOf } from "../state/reply.ts";
import { findUserMessage } from "../state/turns.ts";
import type { Feedback, Reply } from "../state/types.ts";
import { CopyButton } from "./copy-button.tsx";
import { FeedbackNote } from "./feedback-note.tsx";
import { Redo, ThumbDown, ThumbUp } from "./icons.tsx";
import { UsageSummary } from "./usage-summary.tsx";
import { useRate } from "./use-rate.ts";
import { useResend } from "./use-resend.ts";

/** What the user can do with a finished reply: copy it, ask again, rate it. */
export function ReplyActions({ reply }: { reply: Reply }) {
  const message = useChatState((state) => findUserMessage(state, reply.id));
  const models = useChatState((state) => state.assistant.models);
  const resend = useResend(message);
  const { isReadOnly } = useChat();
  const [asksForNote, setAsksForNote] = useState(false);
  const text = textOf(reply);
  return (
    <>
      <footer className="reply-footer">
        {text !== "" && <CopyButton label={t("reply.copy")} text={() => text} isFormatted />}
        {resend !== undefined && message !== undefined && (
          <button
            type="button"
            className="icon-button"
            aria-label={t("reply.regenerate")}
            title={t("reply.regenerateHint")}
            onClick={() => resend({ text: message.text })}
          >
            <Redo />
          </button>
        )}
        {resend !== undefined && message !== undefined && models.length > 1 && (
          <select
            className="retry-model"
            aria-label={t("reply.askOther")}
            title={t("reply.askOtherHint")}
            value=""
            onChange={({ target }) => resend({ text: message.text, model: target.value })}
          >
            <option value="" disabled>
              {t("reply.otherModel")}
            </option>
            {models.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
        {message?.messageId !== undefined && !isReadOnly && (
          <Thumbs
            reply={reply}
            messageId={message.messageId}
            onRate={({ rating }) => setAsksForNote(rating !== undefined)}
          />
        )}
        <UsageSummary reply={reply} />
      </footer>
      {reply.feedback !== undefined && message?.messageId !== undefined && (
        <FeedbackNote
          key={reply.feedback.rating}
          reply={reply}
          messageId={message.messageId}
          isOpen={asksForNote}
        />
      )}
    </>
  );
}

interface ThumbsProps {
  readonly reply: Reply;
  readonly messageId: string;
  readonly onRate: (feedback: Partial<Feedback>) => void;
}

/** The buttons that rate a reply. A second click removes the rating. */
function Thumbs({ reply, messageId, onRate }: ThumbsProps) {
  const rate = useRate(reply, messageId);
  const { rating } = reply.feedback ?? {};
  const thumb = (value: Feedback["rating"], label: string, icon: ReactNode) => (
    <button
      type="button"
      className="icon-button thumb"
      aria-label={label}
      title={label}
      aria-pressed={rating === value}
      onClick={() => {
        const feedback = rating === value ? undefined : { rating: value };
        onRate(feedback ?? {});
        void rate(feedback);
      }}
    >
      {icon}
    </button>
  );
  return (
    <>
      {thumb("up", t("reply.good"), <ThumbUp />)}
      {thumb("down", t("reply.bad"), <ThumbDown />)}
    </>
  );
}
