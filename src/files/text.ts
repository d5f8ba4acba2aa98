/** Detects text files: their encoding and their document format. */
import type { FileContents } from "../chat/attachments/types.ts";

type TextContents = Extract<FileContents, { kind: "text" }>;

/** Returns the encoding and format of a text file, or undefined when the bytes are not text. */
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

/** Returns whether the bytes are text in any supported encoding. */
export function isTextBytes(bytes: Uint8Array): boolean {
  return detectEncoding(bytes, "text/plain", "") !== undefined;
}

/** Returns undefined for bytes that are not text, and for blank text: it has no content, and Bedrock rejects it. */
function detectEncoding(
  bytes: Uint8Array,
  mediaType: string,
  name: string,
): TextContents["encoding"] | undefined {
  const encoding = encodingFromBom(bytes) ?? "utf-8";
  const text = tryDecode(bytes, encoding);
  if (text !== undefined) return isText(text) ? encoding : undefined;
  // Older programs write windows-1252. Any bytes decode in it, so only files declared as text count.
  const isDeclaredText = /^text\//.test(mediaType) || /\.(csv|tsv|txt)$/i.test(name);
  const legacy = isDeclaredText ? tryDecode(bytes, "windows-1252") : undefined;
  return legacy !== undefined && isText(legacy) ? "windows-1252" : undefined;
}

/** Returns the encoding that a UTF-16 byte order mark declares. */
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

/**
 * Control characters that text does not contain: all except white space (9 to 13) and escape (27), for terminal
 * colours.
 */
const CONTROL_CHARACTERS = new RegExp(
  `[${characterRange(0, 8)}${characterRange(14, 26)}${characterRange(28, 31)}]`,
);

function characterRange(from: number, to: number): string {
  return `${String.fromCharCode(from)}-${String.fromCharCode(to)}`;
}

/** Returns the document format of a text, or undefined for text that becomes part of the message. */
function documentFormatOf(mediaType: string, name: string): TextContents["format"] {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
  if (extension === "csv" || mediaType === "text/csv") return "csv";
  if (extension === "html" || extension === "htm" || mediaType === "text/html") return "html";
  if (extension === "md" || extension === "markdown" || mediaType === "text/markdown") return "md";
  return extension === "txt" || (mediaType === "text/plain" && extension === undefined) ? "txt" : undefined;
}
