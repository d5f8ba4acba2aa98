/** Builds the parts of multipart bodies. */
import type { JsonSchema } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import type { Encoding, MediaType } from "../../openapi/types.ts";
import type { MultipartPart } from "../http/types.ts";
import {
  type FileSlot,
  findFileSlot,
  isFileType,
  listItemSchemas,
  listPositionSchemas,
  listPropertySchemas,
} from "../schema/file-schema.ts";
import { coversType, getBodyKind, getTextSyntax, isRange, toContentType } from "../schema/media-type.ts";
import { getOwn, isRecord } from "../schema/schema.ts";
import { encodeText, readCharset } from "./charset.ts";
import { parseFile } from "./file-value.ts";
import { formatScalar, joinInnerLists, writePairs } from "./parameter-style.ts";
import { encodeValue } from "./percent.ts";
import { writeSyntax } from "./text-syntax.ts";

type Definitions = Readonly<Record<string, JsonSchema>>;

interface PartContext {
  readonly definitions: Definitions;
  readonly problems: string[];
}

/**
 * Builds the parts of a multipart body: one for each field and item of a field
 * (https://spec.openapis.org/oas/v3.1.1.html#encoding-multipart-media-types), or one for each item of a list.
 */
export function buildParts(
  value: unknown,
  media: MediaType,
  definitions: Definitions,
  problems: string[],
): readonly MultipartPart[] {
  const context = { definitions, problems };
  const { mediaType, schema, encoding: encodings } = media;
  if (Array.isArray(value) && mediaType !== "multipart/form-data")
    return buildPartsByPosition(value, media, context);
  if (!isRecord(value)) return [{ name: "body", content: formatScalar(value) }];
  return Object.entries(value).flatMap(([name, inner]) => {
    // A form has no null. An optional file that is null is not there.
    if (inner === null) return [];
    const encoding = getOwn(encodings, name) ?? {};
    const schemas = listPropertySchemas([schema], name, definitions);
    const styled = buildStyledParts(name, inner, encoding);
    if (styled) return styled;
    if (!Array.isArray(inner) || isOnePart(encoding))
      return buildEncodedPart(name, inner, encoding, schemas, context);
    const items = listItemSchemas(schemas, definitions);
    return inner.map((item) => buildEncodedPart(name, item, encoding, items, context));
  });
}

/** Builds parts without names: https://spec.openapis.org/oas/v3.2.0.html#encoding-by-position */
function buildPartsByPosition(
  values: readonly unknown[],
  { schema, positions }: MediaType,
  context: PartContext,
): readonly MultipartPart[] {
  return values.map((value, index) => {
    const encoding = positions?.first[index] ?? positions?.others ?? {};
    const schemas = listPositionSchemas([schema], index, context.definitions);
    return {
      contentType: "text/plain",
      ...buildEncodedPart(undefined, value, encoding, schemas, context),
    };
  });
}

/** Checks whether a list is one part, and not a part for each item. */
function isOnePart({ contentType, isPerItem }: Encoding): boolean {
  const [type] = splitTypes(contentType);
  if (type === undefined) return false;
  const syntax = getTextSyntax(type.replace(/\s*;.*$/, "").toLowerCase());
  return (getBodyKind(type) === "json" && !isPerItem) || syntax === "csv" || syntax === "lines";
}

function splitTypes(contentType: string | undefined): readonly string[] {
  return contentType?.split(",").map((type) => type.trim()) ?? [];
}

/** Builds the part of one value in the syntax of its content type, with the fixed headers. */
function buildEncodedPart(
  name: string | undefined,
  value: unknown,
  { contentType, headers }: Encoding,
  schemas: readonly JsonSchema[],
  { definitions, problems }: PartContext,
): MultipartPart {
  const types = splitTypes(contentType);
  const [type] = types;
  const slot = findFileSlot(schemas, "multipart", definitions) ?? toFileSlot(type);
  const syntax = type === undefined ? undefined : getTextSyntax(type.replace(/\s*;.*$/, "").toLowerCase());
  const isWritten = syntax !== undefined && typeof value === "object" && value !== null && !parseFile(value);
  const media = { mediaType: type ?? "", schema: { title: name ?? "part", allOf: schemas }, encoding: {} };
  const written = isWritten ? writeSyntax(syntax, value, media, definitions, problems) : value;
  return { ...buildPart(name, written, types, slot), ...(headers && { headers }) };
}

/** Writes a list or an object in the style that the encoding declares. Returns undefined for others. */
function buildStyledParts(
  name: string,
  value: unknown,
  { style, explode, allowReserved, itemSeparators, headers }: Encoding,
): readonly MultipartPart[] | undefined {
  const effectiveStyle = style ?? "form";
  const isExploded = explode ?? effectiveStyle === "form";
  const isDeclared = style !== undefined || explode !== undefined || allowReserved !== undefined;
  // A list in the default style is a part for each item anyway, which can have a content type.
  const isStyled = isRecord(value)
    ? isDeclared
    : effectiveStyle !== "form" || !isExploded || itemSeparators !== undefined;
  if (!isStyled || typeof value !== "object" || value === null || hasFile(value)) return undefined;
  const joined = joinInnerLists(value, itemSeparators);
  return writePairs(effectiveStyle, isExploded, name, joined, encodeValue).map(([key, text]) => ({
    name: decodeURIComponent(key),
    content: decodeURIComponent(text),
    ...(headers && { headers }),
  }));
}

function hasFile(value: object): boolean {
  return Object.values(value).some((inner) => parseFile(inner) !== undefined);
}

/** Returns a place for files when the encoding declares that the part is one. */
function toFileSlot(type: string | undefined): FileSlot | undefined {
  return isFileType(type) ? { encoding: "binary", acceptsText: false } : undefined;
}

/** Builds one part. `types` are the media types and ranges that the encoding allows; an empty list allows all. */
function buildPart(
  name: string | undefined,
  value: unknown,
  types: readonly string[],
  slot: FileSlot | undefined,
): MultipartPart {
  const [type = slot?.mediaType] = types;
  const file = slot && parseFile(value);
  if (slot && (file || (typeof value === "string" && (!slot.acceptsText || isFileType(types[0])))))
    return {
      name,
      filename: file?.name ?? name,
      contentType: chooseFileType(file?.mediaType, types, slot.mediaType),
      content: !file
        ? formatScalar(value)
        : slot.encoding === "binary"
          ? file.bytes
          : Buffer.from(file.bytes).toString(slot.encoding),
    };
  const isStructured = typeof value === "object" && value !== null;
  const text =
    isStructured || (type && getBodyKind(type) === "json") ? stringifyJson(value) : formatScalar(value);
  if (type === undefined)
    return { name, ...(isStructured && { contentType: "application/json" }), content: text };
  return {
    name,
    contentType: toContentType(type),
    content: encodeText(text, readCharset(type) ?? "utf-8") ?? text,
  };
}

/**
 * Returns the file's own type when the encoding allows it, otherwise the first allowed type that is not a range.
 * `defaultType` is that of a file without a type.
 */
function chooseFileType(
  own: string | undefined,
  types: readonly string[],
  defaultType = "application/octet-stream",
): string {
  const fallback = types.find((type) => !isRange(type));
  const isAllowed = fallback === undefined || types.some((type) => coversType(type, own ?? ""));
  return (own && isAllowed ? own : fallback) ?? defaultType;
}
