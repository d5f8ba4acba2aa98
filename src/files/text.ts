/** Files that are text: which letters they are in, and as which document they may go. */
import type { FileContents } from "../chat/attachments/types.ts";

type TextContents = Extract<FileContents, { kind: "text" }>;

/** Undefined: no text. */
export function detectTextContents(
  bytes: Uint8Array,
  mediaType: string,
  name: string,
): TextContents | undefined {
  const encoding = detectEncoding(bytes, mediaType, name);
  if (encoding === undefined) return undefined;
  const format = encoding === "utf-8" ? documentFormatOf(mediaType, name) : undefined;
  return { kind: "text", encoding, ...(format && { format }) };
}

/** In any encoding. */
export function isTextBytes(bytes: Uint8Array): boolean {
  return detectEncoding(bytes, "text/plain", "") !== undefined;
}

/** Undefined for a blank text too: it says nothing, and the service refuses it. */
function detectEncoding(
  bytes: Uint8Array,
  mediaType: string,
  name: string,
): TextContents["encoding"] | undefined {
  const encoding = encodingFromBom(bytes) ?? "utf-8";
  const text = tryDecode(bytes, encoding);
  if (text !== undefined) return isText(text) ? encoding : undefined;
  // Older programs write in the letters of their machine: only what is called a text is taken for one.
  const isDeclaredText = /^text\//.test(mediaType) || /\.(csv|tsv|txt)$/i.test(name);
  const legacy = isDeclaredText ? tryDecode(bytes, "windows-1252") : undefined;
  return legacy !== undefined && isText(legacy) ? "windows-1252" : undefined;
}

/** Texts that are not in UTF-8 begin with a mark. */
function encodingFromBom([first, second]: Uint8Array): TextContents["encoding"] | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

function tryDecode(bytes: Uint8Array, encoding: TextContents["encoding"]): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isText(text: string): boolean {
  return text.trim() !== "" && !CONTROL_CHARACTERS.test(text);
}

/** None that texts have, which are white space (9 to 13) and the beginning of a colour in a terminal (27). */
const CONTROL_CHARACTERS = new RegExp(
  `[${characterRange(0, 8)}${characterRange(14, 26)}${characterRange(28, 31)}]`,
);

function characterRange(from: number, to: number): string {
  return `${String.fromCharCode(from)}-${String.fromCharCode(to)}`;
}

/** The kinds of text that are documents; any other stands in the message. */
function documentFormatOf(mediaType: string, name: string): TextContents["format"] {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
  if (extension === "csv" || mediaType === "text/csv") return "csv";
  if (extension === "html" || extension === "htm" || mediaType === "text/html") return "html";
  if (extension === "md" || extension === "markdown" || mediaType === "text/markdown") return "md";
  return extension === "txt" || (mediaType === "text/plain" && extension === undefined) ? "txt" : undefined;
}
