import { MessagePrimitive } from "@assistant-ui/react";
import { textOf } from "../state/reply.ts";
import { Attachments } from "./attachments.tsx";
import { ErrorBoundary } from "./boundary.tsx";
import { useEntry } from "./entry-context.tsx";
import { Files } from "./files.tsx";
import { ReplyView } from "./reply.tsx";

/** One entry of the conversation, whatever it is. */
export function Message() {
  const entry = useEntry();
  if (entry === undefined) return null;
  return (
    <MessagePrimitive.Root className={`entry entry-${entry.kind}`}>
      {entry.kind === "question" && (
        <article aria-label="You">
          <p>{entry.text}</p>
          <Attachments files={entry.attachments ?? []} />
          {entry.files !== undefined && <Files files={entry.files} label="Attached files" />}
        </article>
      )}
      {entry.kind === "answer" && (
        <ErrorBoundary fallback={<p className="plain">{textOf(entry)}</p>}>
          <ReplyView answer={entry} />
        </ErrorBoundary>
      )}
      {entry.kind === "divider" && <p>{entry.text}</p>}
    </MessagePrimitive.Root>
  );
}
