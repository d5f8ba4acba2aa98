import { useState } from "react";
import { resolveFileUrl } from "../browser/address.ts";
import type { FileFrame } from "../protocol.ts";
import { FileLink } from "./file-link.tsx";

/** A list of files that the server stores. Pictures are shown. */
export function Files({ files, label }: { files: readonly FileFrame[]; label: string }) {
  return (
    <ul className="files" aria-label={label}>
      {files.map((file) => (
        <li key={file.id}>
          {PICTURE.test(file.media_type) && <Picture file={file} />}
          <FileLink file={file} />
        </li>
      ))}
    </ul>
  );
}

/** Picture types that cannot contain scripts or links: not SVG. */
const PICTURE = /^image\/(png|jpeg|gif|webp|avif)$/;

/** A picture from the page's own server. One that is no longer stored is left out. */
function Picture({ file }: { file: FileFrame }) {
  const [isBroken, setIsBroken] = useState(false);
  const address = resolveFileUrl(file.url);
  if (address === undefined || isBroken) return null;
  return <img className="picture" src={address} alt={file.name} onError={() => setIsBroken(true)} />;
}
