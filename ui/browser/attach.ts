/** Attaches files from the disk, the clipboard or a drop to the draft. */

import type { Chat } from "../chat.ts";
import { t } from "../language/language.ts";
import { selectFitting } from "../state/attachments.ts";
import type { Attachment } from "../state/types.ts";

/** Reads and attaches the files that fit. Files over the limit are not read. */
export async function attachFiles(chat: Chat, files: readonly File[]): Promise<void> {
  const { attached, assistant } = chat.state();
  const { taken, problem } = selectFitting(attached, files, assistant.attachmentLimits);
  const results = await Promise.all(taken.map(readFile));
  const unreadableNames = taken
    .filter((_, at) => results[at] === undefined)
    .map(({ name }) => t("attach.quoted", { name }));
  const unreadableMessage = t("attach.unreadable", { names: unreadableNames.join(t("count.separator")) });
  chat.attach(
    results.filter((file) => file !== undefined),
    problem ?? (unreadableNames.length > 0 ? unreadableMessage : undefined),
  );
}

/** Returns the files of a paste. Office programs add an image to copied text; the text is pasted then. */
export function extractPastedFiles(data: DataTransfer): readonly File[] {
  const isText = data.types.includes("text/plain") && data.types.includes("text/html");
  return isText ? [] : [...data.files];
}

export function containsFiles(data: DataTransfer | null): data is DataTransfer {
  return data?.types.includes("Files") === true;
}

/** Prevents the browser from opening a file that is dropped outside of the composer. */
export function preventStrayDrops(): void {
  window.addEventListener("dragover", (event) => {
    if (event.defaultPrevented || !containsFiles(event.dataTransfer)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  });
}

/** Reads a file. Resolves to undefined for empty files, folders and unreadable files. */
function readFile(file: File): Promise<Omit<Attachment, "id"> | undefined> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onloadend = () => {
      const url = typeof reader.result === "string" ? reader.result : "";
      const data = url.slice(url.indexOf(",") + 1);
      const { name, size, type } = file;
      const mediaType = type.split(";")[0]?.trim() || "application/octet-stream";
      resolve(size === 0 || url === "" ? undefined : { name, mediaType, size, data });
    };
    reader.readAsDataURL(file);
  });
}
