import { formatFileSize } from "../format.ts";
import { t } from "../language/language.ts";
import type { Attachment } from "../state/types.ts";
import { Cross, Paperclip } from "./icons.tsx";

interface AttachmentsProps {
  readonly files: readonly Attachment[];
  /** Called when the user removes a file. Without it, the files have no remove button. */
  readonly onRemove?: (id: string) => void;
}

/** Image types that browsers display and that cannot contain scripts. */
const IMAGE_TYPE = /^image\/(png|jpeg|gif|webp)$/;

/** The files of a message, one chip each. An image has a thumbnail. */
export function Attachments({ files, onRemove }: AttachmentsProps) {
  if (files.length === 0) return null;
  return (
    <ul className="files attachments" aria-label={t("attach.attached")}>
      {files.map(({ id, name, size, mediaType, data }) => (
        <li key={id} className="attachment">
          {IMAGE_TYPE.test(mediaType) ? (
            <img className="thumbnail" src={`data:${mediaType};base64,${data}`} alt="" />
          ) : (
            <Paperclip />
          )}
          <span className="file-name" dir="auto" title={name}>
            {name}
          </span>
          <span className="file-size">{formatFileSize(size)}</span>
          {onRemove !== undefined && (
            <button
              type="button"
              className="icon-button"
              aria-label={t("attach.remove", { name })}
              title={t("remove")}
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
