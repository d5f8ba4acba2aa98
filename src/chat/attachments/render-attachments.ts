/** Renders a message with its attachments for the model. */
import { findAtomicCut } from "../chunking/atoms.ts";
import type { Message, ResultFile } from "../types.ts";
import { type AttachmentPlan, filesIn, NO_LONGER_STORED } from "./plan-attachments.ts";
import type { FileContents } from "./types.ts";

/**
 * Replaces `attachments` by one line per file, which names the reference for tools, and by the inline files in the same order.
 * @param read returns the bytes of a file, or undefined when it is no longer stored.
 */
export function renderAttachments(
  message: Message,
  plan: AttachmentPlan,
  read: (id: string) => Uint8Array | undefined,
): Message {
  if (message.role === "results") return renderPictures(message, plan, read);
  if (message.role !== "user" || message.attachments === undefined) return message;
  const { attachments, ...plain } = message;
  const lines: string[] = [];
  const files = attachments.flatMap((file) => {
    const rendering = plan.get(file.id) ?? { as: "name", reason: NO_LONGER_STORED };
    const bytes = read(file.id);
    if (rendering.as === "name" || bytes === undefined || file.contents === undefined) {
      lines.push(omittedLine(file, rendering.as === "name" ? rendering.reason : NO_LONGER_STORED));
      return [];
    }
    if (rendering.as === "text") {
      lines.push(...textLines(file, file.contents, bytes, rendering.characters));
      return [];
    }
    lines.push(attachmentLine(file, "You see what is in it."));
    return [{ name: file.name, contents: file.contents, bytes }];
  });
  const text = [message.text, "", ...lines].join("\n");
  return { ...plain, text, ...(files.length > 0 && { files }) };
}

/** Adds the pictures that the model can read to the results that they belong to. */
function renderPictures(
  message: Extract<Message, { role: "results" }>,
  plan: AttachmentPlan,
  read: (id: string) => Uint8Array | undefined,
): Message {
  const files = filesIn(message).flatMap(({ id, name, contents }) => {
    const bytes = plan.get(id)?.as === "inline" ? read(id) : undefined;
    return bytes && contents ? [{ name, contents, bytes }] : [];
  });
  return files.length === 0 ? message : { ...message, files };
}

function attachmentLine({ name, mediaType, size }: ResultFile, visibility: string): string {
  return `[Attached: ${name} (${mediaType}, ${size} bytes). ${visibility} A tool that takes a file takes it as "attachment:${name}".]`;
}

function omittedLine(file: ResultFile, reason: string): string {
  const { name, mediaType, size } = file;
  if (reason === NO_LONGER_STORED)
    return `[Attached: ${name} (${mediaType}, ${size} bytes). It is no longer stored: neither you nor a tool can read it.]`;
  return attachmentLine(file, `You cannot see what is in it: ${reason}.`);
}

function textLines(
  file: ResultFile,
  contents: FileContents,
  bytes: Uint8Array,
  characters: number,
): readonly string[] {
  const encoding = contents.kind === "text" ? contents.encoding : "utf-8";
  // A character has at most four bytes.
  const decoded = new TextDecoder(encoding).decode(bytes.subarray(0, characters * 4 + 4), { stream: true });
  const isComplete = decoded.length <= characters && bytes.length <= characters * 4 + 4;
  const text = isComplete ? decoded : decoded.slice(0, findAtomicCut(decoded, 0, characters));
  const end = isComplete ? "" : `; cut here: only its first ${text.length} characters are shown`;
  return [attachmentLine(file, "What is in it follows."), text, `[End of ${file.name}${end}.]`];
}

/** Returns whether any of the messages has attachments. */
export function hasAttachments(messages: readonly Message[]): boolean {
  return messages.some((message) => message.role === "user" && message.attachments);
}

/** Describes to the user the files of the current turn that the model cannot read. Returns undefined when there are none. */
export function describeUnsupported(current: readonly Message[], plan: AttachmentPlan): string | undefined {
  const unsupported = current.flatMap(attachmentsIn).flatMap(({ id, name }) => {
    const rendering = plan.get(id);
    return rendering?.as === "name" ? [{ name, reason: rendering.reason }] : [];
  });
  if (unsupported.length === 0) return undefined;
  const names = unsupported.map(({ name, reason }) => `${name} (${reason})`).join(", ");
  const usable = unsupported.filter(({ reason }) => reason !== NO_LONGER_STORED).length;
  const use = usable === 0 ? "" : " An operation that takes a file can still be given it.";
  return `The assistant cannot look into ${names}.${usable > 1 ? " Operations that take files can still be given them." : use}`;
}

function attachmentsIn(message: Message): readonly ResultFile[] {
  return message.role === "user" ? (message.attachments ?? []) : [];
}
