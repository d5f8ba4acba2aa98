import { memo } from "react";
import { textOf } from "../state/reply.ts";
import type { Entry } from "../state/types.ts";
import { DayMark } from "./day-mark.tsx";
import { ErrorBoundary } from "./error-boundary.tsx";
import { ReplyView } from "./reply-view.tsx";
import { UserMessageView } from "./user-message.tsx";

interface MessageProps {
  readonly entry: Entry;
  /** Set on the first entry of a day. */
  readonly day: string | undefined;
}

/** One entry of the conversation: a user message, a reply or a divider. */
export const Message = memo(function Message({ entry, day }: MessageProps) {
  return (
    <>
      {day !== undefined && <DayMark day={day} />}
      <div className={`entry entry-${entry.kind}`} data-entry={entry.id}>
        {entry.kind === "user" && <UserMessageView message={entry} />}
        {entry.kind === "reply" && (
          <ErrorBoundary fallback={<p className="plain">{textOf(entry)}</p>}>
            <ReplyView reply={entry} />
          </ErrorBoundary>
        )}
        {entry.kind === "divider" && <p>{entry.text}</p>}
      </div>
    </>
  );
});
