import { MessagePrimitive } from "@assistant-ui/react";
import { textOf } from "../state/reply.ts";
import { Attachments } from "./attachments.tsx";
import { ErrorBoundary } from "./error-boundary.tsx";
import { Files } from "./files.tsx";
import { ReplyView } from "./reply-view.tsx";
import { useEntry } from "./use-entry.ts";

/** One entry of the conversation: a user message, a reply or a divider. */
export function Message() {
  const entry = useEntry();
  if (entry === undefined) return null;
  return (
    <MessagePrimitive.Root className={`entry entry-${entry.kind}`}>
      {entry.kind === "user" && (
        <article aria-label="You">
          <p>{entry.text}</p>
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
    </MessagePrimitive.Root>
  );
}
