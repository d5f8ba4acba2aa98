/** A message with the files it came with, as the model is to see them. */
import { atomicCut } from "../chunking/atoms.ts";
import type { FileContents, Message, ResultFile } from "../types.ts";
import { NOT_KEPT, type Sights } from "./plan-attachments.ts";

/** A line for each file, which also says how a tool gets it; then the files themselves, in the same order. */
export function withFiles(
  message: Message,
  sights: Sights,
  read: (id: string) => Uint8Array | undefined,
): Message {
  if (message.role !== "user" || message.attachments === undefined) return message;
  const { attachments, ...plain } = message;
  const lines: string[] = [];
  const files = attachments.flatMap((file) => {
    const sight = sights.get(file.id) ?? { as: "name", reason: NOT_KEPT };
    const bytes = read(file.id);
    if (sight.as === "name" || bytes === undefined || file.contents === undefined) {
      lines.push(unseenLine(file, sight.as === "name" ? sight.reason : NOT_KEPT));
      return [];
    }
    if (sight.as === "text") {
      lines.push(...textLines(file, file.contents, bytes, sight.characters));
      return [];
    }
    lines.push(line(file, "You see what is in it."));
    return [{ name: file.name, contents: file.contents, bytes }];
  });
  const text = [message.text, "", ...lines].join("\n");
  return { ...plain, text, ...(files.length > 0 && { files }) };
}

function line({ name, mediaType, size }: ResultFile, seen: string): string {
  return `[Attached: ${name} (${mediaType}, ${size} bytes). ${seen} A tool that takes a file takes it as "attachment:${name}".]`;
}

function unseenLine(file: ResultFile, reason: string): string {
  const { name, mediaType, size } = file;
  if (reason === NOT_KEPT)
    return `[Attached: ${name} (${mediaType}, ${size} bytes). It is no longer kept: neither you nor a tool can read it.]`;
  return line(file, `You cannot see what is in it: ${reason}.`);
}

function textLines(
  file: ResultFile,
  contents: FileContents,
  bytes: Uint8Array,
  characters: number,
): readonly string[] {
  const encoding = contents.kind === "text" ? contents.encoding : "utf-8";
  // No character has more bytes than four.
  const begun = new TextDecoder(encoding).decode(bytes.subarray(0, characters * 4 + 4), { stream: true });
  const isWhole = begun.length <= characters && bytes.length <= characters * 4 + 4;
  const text = isWhole ? begun : begun.slice(0, atomicCut(begun, 0, characters));
  const end = isWhole ? "" : `; cut here: only its first ${text.length} characters are shown`;
  return [line(file, "What is in it follows."), text, `[End of ${file.name}${end}.]`];
}

/** Do files come with any of these messages? */
export function hasAttachments(messages: readonly Message[]): boolean {
  return messages.some((message) => message.role === "user" && message.attachments);
}

/** What the person is told of files of the running turn that the model is not shown; undefined: it is shown all. */
export function unreadText(current: readonly Message[], sights: Sights): string | undefined {
  const unread = current.flatMap(attachmentsOf).flatMap(({ id, name }) => {
    const sight = sights.get(id);
    return sight?.as === "name" ? [{ name, reason: sight.reason }] : [];
  });
  if (unread.length === 0) return undefined;
  const names = unread.map(({ name, reason }) => `${name} (${reason})`).join(", ");
  const usable = unread.filter(({ reason }) => reason !== NOT_KEPT).length;
  const use = usable === 0 ? "" : " An operation that takes a file can still be given it.";
  return `The assistant cannot look into ${names}.${usable > 1 ? " Operations that take files can still be given them." : use}`;
}

function attachmentsOf(message: Message): readonly ResultFile[] {
  return message.role === "user" ? (message.attachments ?? []) : [];
}
