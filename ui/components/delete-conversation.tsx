import { t } from "../language/language.ts";

interface DeleteConversationProps {
  readonly title: string;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

/** Asks for confirmation before a conversation is deleted. */
export function DeleteConversation({ title, onConfirm, onCancel }: DeleteConversationProps) {
  return (
    <fieldset className="conversation-confirm" aria-label={t("list.deleteQuestion", { title })}>
      <p>{t("list.deleteConfirm")}</p>
      <button type="button" className="button button-danger" onClick={onConfirm}>
        {t("list.delete")}
      </button>
      <button
        type="button"
        className="button"
        // biome-ignore lint/a11y/noAutofocus: it replaces the button that had the focus, and it changes nothing.
        autoFocus
        onClick={onCancel}
      >
        {t("cancel")}
      </button>
    </fieldset>
  );
}
