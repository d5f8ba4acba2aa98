/** What a file holds that a model may be able to read: by its bytes, whatever its name and its sender say. */
import type { FileContents } from "../chat/types.ts";
import { imageSize } from "./image-size.ts";
import { isTextBytes, textContents } from "./text.ts";

type ImageFormat = Extract<FileContents, { kind: "image" }>["format"];
type DocumentFormat = Extract<FileContents, { kind: "document" }>["format"];

/** Undefined: nothing any model reads, or something else than it is said to be. */
export function contentsOf(bytes: Uint8Array, mediaType: string, name: string): FileContents | undefined {
  const image = imageFormat(bytes);
  if (image) {
    const size = imageSize(bytes, image);
    return size && { kind: "image", format: image, ...size };
  }
  const document = documentFormat(bytes);
  if (document) return { kind: "document", format: document };
  // What is said to be of a kind that has a signature, and has none, is damaged or something else.
  return SIGNED.test(mediaType) && !isSheetByName(name, bytes)
    ? undefined
    : textContents(bytes, mediaType, name);
}

/** Media types whose files begin with a signature. */
const SIGNED =
  /^(image\/(?!svg)|audio\/|video\/|font\/|application\/(pdf|zip|gzip|msword$|vnd\.(ms-|openxmlformats)))/;

/** Windows calls a `.csv` a sheet of Excel. */
function isSheetByName(name: string, bytes: Uint8Array): boolean {
  return /\.csv$/i.test(name) && isTextBytes(bytes);
}

function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  if (begins(bytes, "\x89PNG\r\n\x1a\n")) return "png";
  if (begins(bytes, "\xff\xd8\xff")) return "jpeg";
  if (begins(bytes, "GIF87a") || begins(bytes, "GIF89a")) return "gif";
  return begins(bytes, "RIFF") && begins(bytes, "WEBP", 8) ? "webp" : undefined;
}

/** Office's formats are archives, or OLE containers: what is in them tells which. */
function documentFormat(bytes: Uint8Array): DocumentFormat | undefined {
  if (begins(bytes, "%PDF-")) return "pdf";
  if (begins(bytes, "PK\x03\x04")) {
    if (holds(bytes, "word/document.xml", "latin1")) return "docx";
    return holds(bytes, "xl/workbook.xml", "latin1") ? "xlsx" : undefined;
  }
  if (!begins(bytes, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) return undefined;
  if (holds(bytes, "WordDocument", "utf16le")) return "doc";
  return holds(bytes, "Workbook", "utf16le") ? "xls" : undefined;
}

function begins(bytes: Uint8Array, signature: string, at = 0): boolean {
  return [...signature].every((character, index) => bytes[at + index] === character.charCodeAt(0));
}

function holds(bytes: Uint8Array, text: string, encoding: "latin1" | "utf16le"): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(text, 0, encoding);
}
