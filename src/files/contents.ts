/** Detects file contents that models can read. The bytes decide, not the file name or the declared media type. */
import type { FileContents } from "../chat/attachments/types.ts";
import { readImageSize } from "./image-size.ts";
import { detectTextContents, isTextBytes } from "./text.ts";

type ImageFormat = Extract<FileContents, { kind: "image" }>["format"];
type DocumentFormat = Extract<FileContents, { kind: "document" }>["format"];

/** Returns undefined for contents that no model can read, and for a file that lacks the signature of its media type. */
export function detectContents(bytes: Uint8Array, mediaType: string, name: string): FileContents | undefined {
  const image = detectImageFormat(bytes);
  if (image) {
    const size = readImageSize(bytes, image);
    return size && { kind: "image", format: image, ...size };
  }
  const document = detectDocumentFormat(bytes);
  if (document) return { kind: "document", format: document };
  // A file without the signature of its media type is damaged or mislabelled.
  return SIGNED_MEDIA_TYPES.test(mediaType) && !isCsvByName(name, bytes)
    ? undefined
    : detectTextContents(bytes, mediaType, name);
}

/** Media types whose files start with a signature. */
const SIGNED_MEDIA_TYPES =
  /^(image\/(?!svg)|audio\/|video\/|font\/|application\/(pdf|zip|gzip|msword$|vnd\.(ms-|openxmlformats)))/;

/** Returns whether a file is CSV text by its name. Windows declares `.csv` files as Excel sheets. */
function isCsvByName(name: string, bytes: Uint8Array): boolean {
  return /\.csv$/i.test(name) && isTextBytes(bytes);
}

function detectImageFormat(bytes: Uint8Array): ImageFormat | undefined {
  if (startsWithSignature(bytes, "\x89PNG\r\n\x1a\n")) return "png";
  if (startsWithSignature(bytes, "\xff\xd8\xff")) return "jpeg";
  if (startsWithSignature(bytes, "GIF87a") || startsWithSignature(bytes, "GIF89a")) return "gif";
  return startsWithSignature(bytes, "RIFF") && startsWithSignature(bytes, "WEBP", 8) ? "webp" : undefined;
}

/** Detects PDF and Office documents. The entries of a ZIP archive or OLE container identify an Office format. */
function detectDocumentFormat(bytes: Uint8Array): DocumentFormat | undefined {
  if (startsWithSignature(bytes, "%PDF-")) return "pdf";
  if (startsWithSignature(bytes, "PK\x03\x04")) {
    if (containsText(bytes, "word/document.xml", "latin1")) return "docx";
    return containsText(bytes, "xl/workbook.xml", "latin1") ? "xlsx" : undefined;
  }
  if (!startsWithSignature(bytes, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) return undefined;
  if (containsText(bytes, "WordDocument", "utf16le")) return "doc";
  return containsText(bytes, "Workbook", "utf16le") ? "xls" : undefined;
}

function startsWithSignature(bytes: Uint8Array, signature: string, offset = 0): boolean {
  return [...signature].every((character, index) => bytes[offset + index] === character.charCodeAt(0));
}

function containsText(bytes: Uint8Array, text: string, encoding: "latin1" | "utf16le"): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(text, 0, encoding);
}
