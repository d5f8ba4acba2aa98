import { lazy, Suspense, useState } from "react";
import { t } from "../language/language.ts";
import type { UserMessage } from "../state/types.ts";
import { Attachments } from "./attachments.tsx";
import { BranchSwitch } from "./branch-switch.tsx";
import { CopyButton } from "./copy-button.tsx";
import { ErrorBoundary } from "./error-boundary.tsx";
import { Files } from "./files.tsx";
import { Pencil } from "./icons.tsx";
import { useResend } from "./use-resend.ts";

const EditMessage = lazy(() => import("./edit-message.tsx"));

/** A message of the user, which can be copied, and edited and sent again. */
export function UserMessageView({ message }: { message: UserMessage }) {
  const [isEditing, setIsEditing] = useState(false);
  const resend = useResend(message);
  const article = (
    <article aria-label={t("conversation.you")}>
      <p dir="auto">{message.text}</p>
      <Attachments files={message.attachments ?? []} />
      {message.files !== undefined && <Files files={message.files} label={t("attach.attached")} />}
    </article>
  );
  if (isEditing && resend !== undefined)
    return (
      <ErrorBoundary fallback={article}>
        <Suspense fallback={article}>
          <EditMessage
            text={message.text}
            onSend={async (text) => {
              if (await resend({ text })) setIsEditing(false);
            }}
            onCancel={() => setIsEditing(false)}
          />
        </Suspense>
      </ErrorBoundary>
    );
  return (
    <>
      {article}
      <div className="message-actions">
        <BranchSwitch message={message} />
        <CopyButton label={t("message.copy")} text={() => message.text} />
        {resend !== undefined && (
          <button
            type="button"
            className="icon-button"
            aria-label={t("message.edit")}
            title={t("message.editHint")}
            onClick={() => setIsEditing(true)}
          >
            <Pencil />
          </button>
        )}
      </div>
    </>
  );
}
