import { resolveFileUrl } from "../browser/address.ts";
import { formatFileSize } from "../format.ts";
import type { FileFrame } from "../protocol.ts";
import { Download } from "./icons.tsx";

/** A download link for a file that the server stores. */
export function FileLink({ file }: { file: FileFrame }) {
  const { name, media_type, size, url } = file;
  // A shared conversation has no files, only their names.
  const address = url === "" ? undefined : resolveFileUrl(url);
  return (
    <a className="file" href={address} download={name}>
      <Download />
      <span className="file-name" dir="auto">
        {name}
      </span>
      <span className="file-kind">{media_type}</span>
      <span className="file-size">{formatFileSize(size)}</span>
    </a>
  );
}
