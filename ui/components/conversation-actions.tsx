import { resolveExportUrl } from "../browser/sessions-client.ts";
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
      <button type="button" aria-label={`Rename ${title}`} onClick={onRename}>
        <Pencil />
        Rename
      </button>
      <a href={resolveExportUrl(id, "markdown")} download aria-label={`Export ${title} as Markdown`}>
        <Download />
        Markdown
      </a>
      <a href={resolveExportUrl(id, "json")} download aria-label={`Export ${title} as JSON`}>
        <Download />
        JSON
      </a>
      <button type="button" className="conversation-delete" aria-label={`Delete ${title}`} onClick={onDelete}>
        <Trash />
        Delete
      </button>
    </div>
  );
}
