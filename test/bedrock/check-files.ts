/** Checks images and documents: formats, counts, sizes and names as Bedrock does, and the bytes as Claude does. */
import { firstRefusal } from "./check-constraints.ts";
import type { Family } from "./families.ts";
import {
  constraintViolation,
  filterRecords,
  isRecord,
  type Json,
  modelError,
  type Refusal,
  validationError,
} from "./refusal.ts";

const IMAGE_FORMATS = ["png", "jpeg", "gif", "webp"];
const DOCUMENT_FORMATS = ["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"];
const MAX_BODY_BYTES = 25_000_000;

interface FileBlock {
  readonly role: unknown;
  /** The path in messages, zero-based. */
  readonly path: string;
  readonly block: Json;
  readonly next: Json | undefined;
  readonly siblings: readonly Json[];
}

export function checkFiles(body: Json, family: Family): Refusal | undefined {
  const fileBlocks = filterRecords(body.messages).flatMap(({ role, content }, index) => {
    const siblings = filterRecords(content);
    return siblings.map((block, at): FileBlock => {
      const path = `messages.${index}.content.${at}`;
      return { role, path, block, next: siblings[at + 1], siblings };
    });
  });
  const images = fileBlocks.filter(({ block }) => "image" in block);
  const documents = fileBlocks.filter(({ block }) => "document" in block);
  return firstRefusal([
    ...images.map((image) => () => checkImage(image, family)),
    ...documents.map((document) => () => checkDocument(document, family)),
    () => checkNames(documents),
    () => checkCounts(images.length, documents.length),
    () => checkCachePoints(documents, family),
    () => checkBody(images, documents),
  ]);
}

function checkImage({ role, path, block }: FileBlock, family: Family): Refusal | undefined {
  const { format, bytes } = readFileBlock(block.image);
  if (!IMAGE_FORMATS.includes(String(format)))
    return constraintViolation(
      format,
      `${path}.image.format`,
      `Member must satisfy enum value set: [${IMAGE_FORMATS}]`,
    );
  if (!bytes) return constraintViolation(null, `${path}.image.source`, "Member must not be null");
  if (role !== "user" || !family.images)
    return validationError(
      `This model doesn't support the image field for ${String(role)} messages. Remove image and try again.`,
    );
  const length = Math.ceil(bytes.length / 3) * 4;
  if (length > 5_242_880)
    return modelError(
      `${path}.image.source.bytes: image exceeds 5 MB maximum: ${length} bytes > 5242880 bytes`,
    );
  const actual = detectFormat(bytes);
  if (actual === undefined) return modelError("Could not process image");
  if (actual !== format)
    return modelError(
      `${path}.image.source.base64: The image was specified using the image/${String(format)} media type, but the image appears to be a image/${actual} image`,
    );
  return actual === "png" && Math.max(bytes.readUInt32BE(16), bytes.readUInt32BE(20)) > 8000
    ? modelError(
        `${path}.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels`,
      )
    : undefined;
}

function detectFormat(bytes: Buffer): string | undefined {
  const head = bytes.toString("latin1", 0, 12);
  if (head.startsWith("\x89PNG")) return "png";
  if (head.startsWith("\xff\xd8")) return "jpeg";
  if (head.startsWith("GIF8")) return "gif";
  return head.endsWith("WEBP") ? "webp" : undefined;
}

function checkDocument({ role, path, block, siblings }: FileBlock, family: Family): Refusal | undefined {
  const { format, bytes, name } = readFileBlock(block.document);
  if (!DOCUMENT_FORMATS.includes(String(format)))
    return constraintViolation(
      format,
      `${path}.document.format`,
      `Member must satisfy enum value set: [${DOCUMENT_FORMATS}]`,
    );
  if (!bytes) return constraintViolation(null, `${path}.document.source`, "Member must not be null");
  if (typeof name !== "string" || name.length < 1 || name.length > 200)
    return constraintViolation(name, `${path}.document.name`, "Member must have length between 1 and 200");
  if (role !== "user" || !family.documents) return validationError("This model doesn't support documents.");
  if (!siblings.some((sibling) => "text" in sibling))
    return validationError(
      "A text block must be included when using documents. Add a text block and retry your request.",
    );
  if (!/^[a-zA-Z0-9\s()[\]-]+$/.test(name) || /\s\s/.test(name))
    return validationError(
      "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.",
    );
  return bytes.length > 4_500_000 ? validationError("The maximum document size is 4.5 MB.") : undefined;
}

function checkNames(documents: readonly FileBlock[]): Refusal | undefined {
  const names = documents.map(({ block }) => readFileBlock(block.document).name);
  return new Set(names).size < names.length
    ? validationError(
        "Messages can't contain duplicate document names. Rename the document and retry your request.",
      )
    : undefined;
}

function checkCounts(images: number, documents: number): Refusal | undefined {
  if (documents > 5) return validationError("You can't include more than 5 documents in a request.");
  if (images > 20) return modelError(`messages: too many images: ${images} > 20`);
  return images + documents > 20
    ? modelError(`messages: too many images and documents: ${images} + ${documents} > 20`)
    : undefined;
}

/**
 * Checks cache points after documents. Bedrock extracts the text of documents other than PDF, and no block carries
 * the point.
 */
function checkCachePoints(documents: readonly FileBlock[], family: Family): Refusal | undefined {
  const wrong = documents.find(({ block, next }) => {
    return next !== undefined && "cachePoint" in next && readFileBlock(block.document).format !== "pdf";
  });
  if (!family.isClaude || !wrong) return undefined;
  const [, at = ""] = /(\d+)$/.exec(wrong.path) ?? [];
  return modelError(`${wrong.path.replace(/\d+$/, String(Number(at) + 1))}.type: Field required`);
}

function checkBody(...files: readonly (readonly FileBlock[])[]): Refusal | undefined {
  const bytes = files.flat().reduce((sum, { block }) => sum + encodedLength(block), 0);
  return bytes > MAX_BODY_BYTES ? validationError("Input is too long for requested model.") : undefined;
}

/** Returns the length of a file in base64 characters; 0 for other blocks. */
export function encodedLength(block: Json): number {
  const { bytes } = readFileBlock(block.image ?? block.document);
  return bytes ? Math.ceil(bytes.length / 3) * 4 : 0;
}

function readFileBlock(file: unknown): { format?: unknown; name?: unknown; bytes?: Buffer } {
  if (!isRecord(file)) return {};
  const source = isRecord(file.source) ? file.source.bytes : undefined;
  const bytes = typeof source === "string" && source !== "" ? Buffer.from(source, "base64") : undefined;
  return { format: file.format, name: file.name, ...(bytes && { bytes }) };
}
