import { type FormEvent, useState } from "react";
import { t } from "../language/language.ts";
import type { Reply } from "../state/types.ts";
import { useRate } from "./use-rate.ts";

interface FeedbackNoteProps {
  readonly reply: Reply;
  readonly messageId: string;
  /** True if the user has just rated the reply. */
  readonly isOpen: boolean;
}

/** Asks for a note on a rating. It can be left out, and changed. */
export function FeedbackNote({ reply, messageId, isOpen }: FeedbackNoteProps) {
  const rate = useRate(reply, messageId);
  const { rating, note = "" } = reply.feedback ?? {};
  const [status, setStatus] = useState<"open" | "sent" | "closed">(
    note !== "" ? "sent" : isOpen ? "open" : "closed",
  );
  if (rating === undefined || status === "closed") return null;
  const handleSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("note") ?? "").trim();
    if (await rate(text === "" ? { rating } : { rating, note: text }))
      setStatus(text === "" ? "closed" : "sent");
  };
  if (status === "sent")
    return (
      <p className="feedback-note">
        <span role="status">{t("reply.noteThanks", { note })}</span>
        <button type="button" className="text-button" onClick={() => setStatus("open")}>
          {t("reply.noteChange")}
        </button>
      </p>
    );
  return (
    <form className="feedback-note" aria-label={t("reply.noteForm")} onSubmit={handleSubmit}>
      <input
        name="note"
        className="field"
        aria-label={t("reply.note")}
        placeholder={t(rating === "up" ? "reply.noteGood" : "reply.noteBad")}
        defaultValue={note}
        maxLength={2000}
        autoComplete="off"
        dir="auto"
      />
      <button type="submit" className="button">
        {t("reply.noteSend")}
      </button>
      <button type="button" className="text-button" onClick={() => setStatus("closed")}>
        {t("reply.noteNone")}
      </button>
    </form>
  );
}
