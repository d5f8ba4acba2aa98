import { type FormEvent, type KeyboardEvent, useState } from "react";
import { t } from "../language/language.ts";

interface EditMessageProps {
  readonly text: string;
  readonly onSend: (text: string) => Promise<void>;
  readonly onCancel: () => void;
}

/** A form that edits a message that was sent. Escape cancels it, Enter sends it. */
export default function EditMessage({ text, onSend, onCancel }: EditMessageProps) {
  const [isSending, setIsSending] = useState(false);
  const handleSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const edited = String(new FormData(event.currentTarget).get("text") ?? "").trim();
    if (edited === "" || isSending) return;
    setIsSending(true);
    await onSend(edited);
    setIsSending(false);
  };
  const handleKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Escape") onCancel();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  };
  return (
    <form className="edit-message" aria-label={t("message.edit")} onSubmit={handleSubmit}>
      <textarea
        name="text"
        className="field"
        aria-label={t("message.edited")}
        dir="auto"
        defaultValue={text}
        rows={Math.min(8, text.split("\n").length + 1)}
        ref={focusEnd}
        onKeyDown={handleKey}
      />
      <div>
        <button type="button" className="button" onClick={onCancel}>
          {t("cancel")}
        </button>
        <button type="submit" className="button button-main" disabled={isSending}>
          {t("composer.send")}
        </button>
      </div>
    </form>
  );
}

function focusEnd(area: HTMLTextAreaElement | null): void {
  if (area === null || document.activeElement === area) return;
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}
