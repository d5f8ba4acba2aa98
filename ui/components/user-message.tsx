import { useState } from "react";
import type { UserMessage } from "../state/types.ts";
import { Attachments } from "./attachments.tsx";
import { BranchSwitch } from "./branch-switch.tsx";
import { CopyButton } from "./copy-button.tsx";
import { EditMessage } from "./edit-message.tsx";
import { Files } from "./files.tsx";
import { Pencil } from "./icons.tsx";
import { useResend } from "./use-resend.ts";

/** A message of the user, which can be copied, and edited and sent again. */
export function UserMessageView({ message }: { message: UserMessage }) {
  const [isEditing, setIsEditing] = useState(false);
  const resend = useResend(message);
  if (isEditing && resend !== undefined)
    return (
      <EditMessage
        text={message.text}
        onSend={async (text) => {
          if (await resend({ text })) setIsEditing(false);
        }}
        onCancel={() => setIsEditing(false)}
      />
    );
  return (
    <>
      <article aria-label="You">
        <p dir="auto">{message.text}</p>
        <Attachments files={message.attachments ?? []} />
        {message.files !== undefined && <Files files={message.files} label="Attached files" />}
      </article>
      <div className="message-actions">
        <BranchSwitch message={message} />
        <CopyButton subject="message" text={() => message.text} />
        {resend !== undefined && (
          <button
            type="button"
            className="icon-button"
            aria-label="Edit message"
            title="Edit and send again. This conversation is kept."
            onClick={() => setIsEditing(true)}
          >
            <Pencil />
          </button>
        )}
      </div>
    </>
  );
}
