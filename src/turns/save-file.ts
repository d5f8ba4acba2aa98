import { randomUUID } from "node:crypto";
import type { ResultFile } from "../chat/types.ts";
import type { App } from "../context.ts";
import { detectContents } from "../files/contents.ts";
import type { Session } from "../store/types.ts";
import type { FileContent } from "../tools/types.ts";

/** Stores a file that a call returned, for the owner of the session. */
export function saveFile(
  { files }: Pick<App, "files">,
  { id: session, owner }: Pick<Session, "id" | "owner">,
  { name, mediaType, bytes }: FileContent,
): ResultFile {
  const contents = detectContents(bytes, mediaType, name);
  const file = {
    id: randomUUID(),
    name,
    mediaType,
    size: bytes.length,
    ...(contents?.kind === "image" && { contents }),
  };
  files.save({ ...file, owner, session, bytes: new Uint8Array(bytes) });
  return file;
}
