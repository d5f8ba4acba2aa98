import { fileSize } from "../format.ts";
import type { Attachment } from "../state/types.ts";
import { Cross, Paperclip } from "./icons.tsx";

interface AttachmentsProps {
  readonly files: readonly Attachment[];
  /** Without it they are only shown. */
  readonly onRemove?: (id: string) => void;
}

/** The files of a message, one chip each. */
export function Attachments({ files, onRemove }: AttachmentsProps) {
  if (files.length === 0) return null;
  return (
    <ul className="files attachments" aria-label="Attached files">
      {files.map(({ id, name, size }) => (
        <li key={id} className="attachment">
          <Paperclip />
          <span className="file-name" title={name}>
            {name}
          </span>
          <span className="file-size">{fileSize(size)}</span>
          {onRemove !== undefined && (
            <button
              type="button"
              className="icon-button"
              aria-label={`Remove ${name}`}
              title="Remove"
              onClick={() => onRemove(id)}
            >
              <Cross />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
