import type { FileFrame } from "../protocol.ts";
import { FileLink } from "./file-link.tsx";

/** A list of files that the server stores. */
export function Files({ files, label }: { files: readonly FileFrame[]; label: string }) {
  return (
    <ul className="files" aria-label={label}>
      {files.map((file) => (
        <li key={file.id}>
          <FileLink file={file} />
        </li>
      ))}
    </ul>
  );
}
