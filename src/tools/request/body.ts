/** Writes request bodies. */
import { stringifyJson } from "../../json.ts";
import type { Encoding, MediaType } from "../../openapi/types.ts";
import type { MultipartPart, RequestBodyValue } from "../http/types.ts";
import { isFileSchema } from "../schema/input-schema.ts";
import { type BodyKind, getBodyKind, toContentType } from "../schema/media-type.ts";
import { toObjectShape } from "../schema/object-shape.ts";
import { getOwn, isRecord } from "../schema/schema.ts";
import type { Tool } from "../types.ts";
import { formatScalar, writePairs } from "./parameter-style.ts";
import { encodeForm, encodeReserved } from "./percent.ts";

/** Writes a body of one media type. `value` has the document's keys. */
export type BodyWriter = (value: unknown) => RequestBodyValue;

export function createBodyWriter(tool: Tool, media: MediaType): BodyWriter {
  const kind = getBodyKind(media.mediaType);
  if (kind === "json") return (value) => stringifyJson(value);
  if (kind === "form") return (value) => encodeFormBody(value, media.encoding);
  if (kind === "multipart") {
    const shape = toObjectShape(media.schema, tool.operation.definitions);
    return (value) =>
      buildParts(value, media.encoding, (name) => isFileField(shape && getOwn(shape.properties, name), kind));
  }
  return (value) => (kind === "bytes" ? decodeBytes(formatScalar(value)) : formatScalar(value));
}

/** Encodes a form: https://spec.openapis.org/oas/v3.1.1.html#encoding-the-x-www-form-urlencoded-media-type */
function encodeFormBody(value: unknown, encodings: Readonly<Record<string, Encoding>>): string {
  if (!isRecord(value)) return encodeForm(formatScalar(value));
  return Object.entries(value)
    .flatMap(([name, inner]) => encodeFormField(name, inner, getOwn(encodings, name)))
    .map(([name, text]) => `${name}=${text}`)
    .join("&");
}

function encodeFormField(name: string, value: unknown, encoding: Encoding | undefined) {
  const { style, explode, allowReserved, contentType: type } = encoding ?? {};
  if (style !== undefined || explode !== undefined || allowReserved !== undefined) {
    const effectiveStyle = style ?? "form";
    const encode = allowReserved ? encodeReserved : encodeForm;
    return writePairs(effectiveStyle, explode ?? effectiveStyle === "form", name, value, encode);
  }
  if (type !== undefined && getBodyKind(type) === "json")
    return [[encodeForm(name), encodeForm(stringifyJson(value))] as const];
  if (isRecord(value)) return [[encodeForm(name), encodeForm(stringifyJson(value))] as const];
  return writePairs("form", true, name, value, encodeForm);
}

/**
 * Builds the parts of a multipart body, one for each item of an array:
 * https://spec.openapis.org/oas/v3.1.1.html#encoding-multipart-media-types
 */
function buildParts(
  value: unknown,
  encodings: Readonly<Record<string, Encoding>>,
  isFilePart: (name: string) => boolean,
): readonly MultipartPart[] {
  if (!isRecord(value)) return [{ name: "body", content: formatScalar(value) }];
  return Object.entries(value).flatMap(([name, inner]) => {
    const { contentType: listedTypes, headers } = getOwn(encodings, name) ?? {};
    const types = listedTypes?.split(",").map((type) => type.trim()) ?? [];
    const [type] = types;
    const items = Array.isArray(inner) && !(type && getBodyKind(type) === "json") ? inner : [inner];
    const isFile = isFilePart(name) || isFileType(type);
    return items.map((item) => ({ ...buildPart(name, item, types, isFile), ...(headers && { headers }) }));
  });
}

/** Builds one part. `types` are the media types and ranges that the encoding allows; an empty list allows all. */
function buildPart(
  name: string,
  value: unknown,
  types: readonly string[],
  isFilePart: boolean,
): MultipartPart {
  const [type] = types;
  if (isFilePart && typeof value === "string")
    return {
      name,
      filename: parseDataUrl(value)?.name ?? name,
      contentType: chooseFileType(parseDataUrl(value)?.type, types),
      content: decodeBytes(value),
    };
  const isStructured = typeof value === "object" && value !== null;
  const explicitType = type && { contentType: toContentType(type) };
  return {
    name,
    ...(explicitType || (isStructured && { contentType: "application/json" })),
    content:
      isStructured || (type && getBodyKind(type) === "json") ? stringifyJson(value) : formatScalar(value),
  };
}

/** Returns the file's declared type when it is allowed, otherwise the first allowed type that is not a range. */
function chooseFileType(declared: string | undefined, types: readonly string[]): string {
  const covers = (type: string) =>
    type === declared || type === "*/*" || (type.endsWith("/*") && declared?.startsWith(type.slice(0, -1)));
  const fallback = types.find((type) => !type.includes("*"));
  return (
    (declared && (fallback === undefined || types.some(covers)) ? declared : fallback) ??
    "application/octet-stream"
  );
}

function isFileField(schema: unknown, kind: BodyKind): boolean {
  if (!isRecord(schema)) return false;
  return isFileSchema(schema, kind) || (isRecord(schema.items) && isFileSchema(schema.items, kind));
}

function isFileType(type: string | undefined): boolean {
  return type !== undefined && getBodyKind(type) === "bytes";
}

/** Decodes a base64 data: URL. Other text is returned unchanged and sent as UTF-8. */
function decodeBytes(text: string): string | Uint8Array {
  const data = parseDataUrl(text);
  return data ? data.content : text;
}

function parseDataUrl(text: string): { type?: string; name?: string; content: Uint8Array } | undefined {
  const match = /^data:([^;,]*)((?:;[^,;]*)*);base64,([A-Za-z0-9+/=_\s-]*)$/.exec(text);
  if (!match) return undefined;
  const [, type = "", parameters = "", content = ""] = match;
  const name = /;name=([^;]+)/.exec(parameters)?.[1];
  return {
    ...(type && { type }),
    ...(name && { name: decodeName(name) }),
    content: Buffer.from(content, "base64"),
  };
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
