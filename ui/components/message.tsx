import { memo } from "react";
import { textOf } from "../state/reply.ts";
import type { Entry } from "../state/types.ts";
import { Attachments } from "./attachments.tsx";
import { ErrorBoundary } from "./error-boundary.tsx";
import { Files } from "./files.tsx";
import { ReplyView } from "./reply-view.tsx";

/** One entry of the conversation: a user message, a reply or a divider. */
export const Message = memo(function Message({ entry }: { entry: Entry }) {
  return (
    <div className={`entry entry-${entry.kind}`} data-entry={entry.id}>
      {entry.kind === "user" && (
        <article aria-label="You">
          <p dir="auto">{entry.text}</p>
          <Attachments files={entry.attachments ?? []} />
          {entry.files !== undefined && <Files files={entry.files} label="Attached files" />}
        </article>
      )}
      {entry.kind === "reply" && (
        <ErrorBoundary fallback={<p className="plain">{textOf(entry)}</p>}>
          <ReplyView reply={entry} />
        </ErrorBoundary>
      )}
      {entry.kind === "divider" && <p>{entry.text}</p>}
    </div>
  );
});
