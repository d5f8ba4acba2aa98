import { resolveExportUrl } from "../browser/sessions-client.ts";
import { t } from "../language/language.ts";
import { Download, Pencil, Trash } from "./icons.tsx";

interface ConversationActionsProps {
  readonly id: string;
  readonly title: string;
  readonly onRename: () => void;
  readonly onDelete: () => void;
}

/** The actions on one conversation: rename, export, delete. */
export function ConversationActions({ id, title, onRename, onDelete }: ConversationActionsProps) {
  return (
    <div className="conversation-actions">
      <button type="button" aria-label={t("list.renameTitle", { title })} onClick={onRename}>
        <Pencil />
        {t("list.rename")}
      </button>
      <a href={resolveExportUrl(id, "markdown")} download aria-label={t("list.exportMarkdown", { title })}>
        <Download />
        Markdown
      </a>
      <a href={resolveExportUrl(id, "json")} download aria-label={t("list.exportJson", { title })}>
        <Download />
        JSON
      </a>
      <button
        type="button"
        className="conversation-delete"
        aria-label={t("list.deleteTitle", { title })}
        onClick={onDelete}
      >
        <Trash />
        {t("list.delete")}
      </button>
    </div>
  );
}
