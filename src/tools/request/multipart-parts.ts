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

/**
 * Builds the parts of a multipart body, one for each item of an array:
 * https://spec.openapis.org/oas/v3.1.1.html#encoding-multipart-media-types
 */
export function buildParts(
  value: unknown,
  { schema, encoding: encodings }: MediaType,
  definitions: Definitions,
  problems: string[],
): readonly MultipartPart[] {
  if (!isRecord(value)) return [{ name: "body", content: formatScalar(value) }];
  return Object.entries(value).flatMap(([name, inner]) => {
    // A form has no null. An optional file that is null is not there.
    if (inner === null) return [];
    const encoding = getOwn(encodings, name) ?? {};
    const { contentType: listedTypes, headers } = encoding;
    const types = listedTypes?.split(",").map((type) => type.trim()) ?? [];
    const [type] = types;
    const schemas = listPropertySchemas([schema], name, definitions);
    const slot = findFileSlot(schemas, "multipart", definitions) ?? toFileSlot(type);
    const styled = type === undefined ? buildStyledParts(name, inner, encoding) : undefined;
    if (styled) return styled;
    const syntax = type === undefined ? undefined : getTextSyntax(type.replace(/\s*;.*$/, "").toLowerCase());
    const write = (part: unknown, partSchemas: readonly JsonSchema[]) => {
      if (syntax === undefined || typeof part !== "object" || part === null || parseFile(part)) return part;
      const media = { mediaType: type ?? "", schema: { title: name, allOf: partSchemas }, encoding: {} };
      return writeSyntax(syntax, part, media, definitions, problems);
    };
    const isOnePart = (type && getBodyKind(type) === "json") || syntax === "csv" || syntax === "lines";
    if (!Array.isArray(inner) || isOnePart)
      return { ...buildPart(name, write(inner, schemas), types, slot), ...(headers && { headers }) };
    const items = listItemSchemas(schemas, definitions);
    const itemSlot = findFileSlot(items, "multipart", definitions) ?? toFileSlot(type);
    return inner.map((item) => ({
      ...buildPart(name, write(item, items), types, itemSlot),
      ...(headers && { headers }),
    }));
  });
}

/** Writes a list or an object in the style that the encoding declares. Returns undefined for others. */
function buildStyledParts(
  name: string,
  value: unknown,
  { style = "form", explode = style === "form", itemSeparators, ...encoding }: Encoding,
): readonly MultipartPart[] | undefined {
  const isStyled = style !== "form" || !explode || itemSeparators !== undefined;
  if (!isStyled || typeof value !== "object" || value === null || hasFile(value)) return undefined;
  const pairs = writePairs(style, explode, name, joinInnerLists(value, itemSeparators), encodeValue);
  return pairs.map(([key, text]) => ({
    name: decodeURIComponent(key),
    content: decodeURIComponent(text),
    ...(encoding.headers && { headers: encoding.headers }),
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
  name: string,
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
