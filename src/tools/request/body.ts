/** Writes request bodies. */
import { stringifyJson } from "../../json.ts";
import type { Encoding, MediaType } from "../../openapi/types.ts";
import type { MultipartPart, RequestBodyValue } from "../http/types.ts";
import type { BodyForm } from "../schema/body-forms.ts";
import { coversType, getBodyKind, isRange, toBodyContentType, toContentType } from "../schema/media-type.ts";
import { getOwn, isRecord } from "../schema/schema.ts";
import type { Tool } from "../types.ts";
import { encodeText, isKnownCharset, readCharset } from "./charset.ts";
import { type BodyFile, parseFile } from "./file-value.ts";
import { buildParts } from "./multipart-parts.ts";
import { formatScalar, joinInnerLists, writePairs } from "./parameter-style.ts";
import { encodeForm, encodeFormText, encodeReserved } from "./percent.ts";
import { readStructure, writeSyntax } from "./text-syntax.ts";

export interface WrittenBody {
  readonly body: RequestBodyValue;
  readonly contentType: string;
}

/** Writes a body in one form. `value` has the document's keys. Adds to `problems` why it cannot be written. */
export type BodyWriter = (value: unknown, problems: string[]) => WrittenBody;

export function createBodyWriter(tool: Tool, { kind, content }: BodyForm): BodyWriter {
  const [media] = content;
  const contentType = toBodyContentType(media);
  if (kind === "json") return (value, problems) => writeText(stringifyJson(value), contentType, problems);
  if (kind === "form") return (value) => ({ body: encodeFormBody(value, media.encoding), contentType });
  if (kind === "multipart")
    return (value, problems) => {
      const body = buildParts(value, media, tool.operation.definitions, problems);
      return { body, contentType: addRootType(contentType, body) };
    };
  if (kind === "text" || kind === "bytes") return (value, problems) => writeRaw(value, content, problems);
  return (value, problems) => {
    const structure = parseFile(value) ? undefined : readStructure(value);
    if (structure === undefined) return writeRaw(value, content, problems);
    const text = writeSyntax(kind, structure, media, tool.operation.definitions, problems);
    return writeText(text, contentType, problems);
  };
}

/** Adds the type of the first part, which multipart/related requires: RFC 2387, section 3.1. */
function addRootType(contentType: string, [root]: readonly MultipartPart[]): string {
  const isMissing = /^multipart\/related/i.test(contentType) && !/;\s*type=/i.test(contentType);
  const type = root?.contentType?.split(";")[0];
  return isMissing && type !== undefined ? `${contentType}; type="${type}"` : contentType;
}

/** Writes text or a file. A text that stands for a file of a declared type, as a `data:` URL, is sent as its bytes. */
function writeRaw(value: unknown, content: readonly MediaType[], problems: string[]): WrittenBody {
  const file = parseFile(value);
  const isText = content.every(({ mediaType }) => getBodyKind(mediaType) === "text");
  const isDeclared = content.some(({ mediaType }) => coversType(mediaType, file?.mediaType ?? ""));
  if (file && (!isText || isDeclared || typeof value !== "string"))
    return { body: file.bytes, contentType: chooseFileType(file, content) };
  const media =
    content.find(({ mediaType }) => getBodyKind(mediaType) === "text" && !isRange(mediaType)) ??
    content.find(({ mediaType }) => !isRange(mediaType));
  const [first] = content;
  const contentType = media
    ? toBodyContentType(media)
    : content.some(({ mediaType }) => coversType(mediaType, "text/plain"))
      ? "text/plain"
      : toContentType(first && getBodyKind(first.mediaType) === "text" ? first.mediaType : "*");
  return writeText(formatScalar(value), contentType, problems);
}

/**
 * Returns the Content-Type of a file: its own type when the operation accepts it, otherwise the declared type that fits
 * best. A picture, sound or video never has another type of its family.
 */
function chooseFileType(file: BodyFile, content: readonly MediaType[]): string {
  const { mediaType: type = "application/octet-stream", name } = file;
  const exact = content.find(({ mediaType }) => mediaType === type);
  if (exact) return toBodyContentType(exact);
  const concrete = content.filter(({ mediaType }) => !isRange(mediaType));
  const byName = concrete.find(({ mediaType }) => mediaType === guessType(name));
  if (byName) return toBodyContentType(byName);
  if (content.some(({ mediaType }) => coversType(mediaType, type))) return type;
  const [family = ""] = type.split("/");
  const hasFamily = concrete.some(({ mediaType }) => mediaType.startsWith(`${family}/`));
  if (concrete.length === 0 || (MEDIA_FAMILIES.has(family) && hasFamily)) return type;
  const fallback =
    concrete.find(({ mediaType }) => mediaType === "application/octet-stream") ??
    concrete.find(({ mediaType }) => getBodyKind(mediaType) === "bytes") ??
    concrete[0];
  return fallback ? toBodyContentType(fallback) : type;
}

const MEDIA_FAMILIES: ReadonlySet<string> = new Set(["image", "audio", "video", "font"]);

/** Guesses a media type by the extension of a file name. */
function guessType(name: string | undefined): string | undefined {
  return name === undefined ? undefined : Bun.file(name).type.split(";")[0];
}

/** Encodes a text in the charset of its Content-Type. An unknown charset is replaced by UTF-8. */
function writeText(text: string, contentType: string, problems: string[]): WrittenBody {
  const charset = readCharset(contentType);
  if (charset === undefined) return { body: text, contentType };
  if (!isKnownCharset(charset))
    return { body: text, contentType: `${toContentType(contentType.split(";")[0] ?? "")}; charset=utf-8` };
  const body = encodeText(text, charset);
  if (body === undefined)
    problems.push(`body: has characters that ${charset}, the charset of the API, does not have`);
  return { body: body ?? text, contentType };
}

/** Encodes a form: https://spec.openapis.org/oas/v3.1.1.html#encoding-the-x-www-form-urlencoded-media-type */
export function encodeFormBody(value: unknown, encodings: Readonly<Record<string, Encoding>>): string {
  if (!isRecord(value)) return encodeFormText(formatScalar(value));
  return Object.entries(value)
    .flatMap(([name, inner]) => encodeFormField(name, inner, getOwn(encodings, name)))
    .map(([name, text]) => `${name}=${text}`)
    .join("&");
}

function encodeFormField(name: string, value: unknown, encoding: Encoding | undefined) {
  const { style, explode, allowReserved, contentType: type, isPerItem, itemSeparators } = encoding ?? {};
  if (style !== undefined || explode !== undefined || allowReserved !== undefined) {
    const effectiveStyle = style ?? "form";
    const encode = allowReserved ? encodeReserved : encodeForm;
    return writePairs(
      effectiveStyle,
      explode ?? effectiveStyle === "form",
      name,
      joinInnerLists(value, itemSeparators),
      encode,
    );
  }
  if (type !== undefined && getBodyKind(type) === "json") {
    const items = isPerItem && Array.isArray(value) ? value : [value];
    return items.map((item) => [encodeForm(name), encodeForm(stringifyJson(item))] as const);
  }
  if (isRecord(value)) return [[encodeForm(name), encodeForm(stringifyJson(value))] as const];
  return writePairs("form", true, name, value, encodeForm);
}
