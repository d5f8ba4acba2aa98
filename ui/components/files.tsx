import type { FileFrame } from "../protocol.ts";
import { FileLink } from "./file-link.tsx";

/** Files that the server keeps. */
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
