import { stringifyJson } from "../json.ts";
import type { Encoding, MediaType } from "../openapi/types.ts";
import { isFile } from "./input-schema.ts";
import { type BodyKind, bodyKind, contentType } from "./media-type.ts";
import { objectShape } from "./object-shape.ts";
import { scalar, writePairs } from "./parameter-style.ts";
import { encodeForm, encodeReserved } from "./percent.ts";
import { isRecord, own } from "./schema.ts";
import type { Part, RequestBodyValue, Tool } from "./types.ts";

/** Writes a body of one media type; `value` under the document's own keys. */
export type BodyWriter = (value: unknown) => RequestBodyValue;

export function createBodyWriter(tool: Tool, media: MediaType): BodyWriter {
  const kind = bodyKind(media.mediaType);
  if (kind === "json") return (value) => stringifyJson(value);
  if (kind === "form") return (value) => form(value, media.encoding);
  if (kind === "multipart") {
    const shape = objectShape(media.schema, tool.operation.definitions);
    return (value) =>
      parts(value, media.encoding, (name) => isFileField(shape && own(shape.properties, name), kind));
  }
  return (value) => (kind === "bytes" ? bytes(scalar(value)) : scalar(value));
}

/** https://spec.openapis.org/oas/v3.1.1.html#encoding-the-x-www-form-urlencoded-media-type */
function form(value: unknown, encodings: Readonly<Record<string, Encoding>>): string {
  if (!isRecord(value)) return encodeForm(scalar(value));
  return Object.entries(value)
    .flatMap(([name, inner]) => formPairs(name, inner, own(encodings, name)))
    .map(([name, text]) => `${name}=${text}`)
    .join("&");
}

function formPairs(name: string, value: unknown, encoding: Encoding | undefined) {
  const { style, explode, allowReserved, contentType: type } = encoding ?? {};
  if (style !== undefined || explode !== undefined || allowReserved !== undefined) {
    const chosen = style ?? "form";
    const encode = allowReserved ? encodeReserved : encodeForm;
    return writePairs(chosen, explode ?? chosen === "form", name, value, encode);
  }
  if (type !== undefined && bodyKind(type) === "json")
    return [[encodeForm(name), encodeForm(stringifyJson(value))] as const];
  if (isRecord(value)) return [[encodeForm(name), encodeForm(stringifyJson(value))] as const];
  return writePairs("form", true, name, value, encodeForm);
}

/** https://spec.openapis.org/oas/v3.1.1.html#encoding-multipart-media-types: one part for each item of an array. */
function parts(
  value: unknown,
  encodings: Readonly<Record<string, Encoding>>,
  isFilePart: (name: string) => boolean,
): readonly Part[] {
  if (!isRecord(value)) return [{ name: "body", content: scalar(value) }];
  return Object.entries(value).flatMap(([name, inner]) => {
    const type = own(encodings, name)?.contentType?.split(",")[0]?.trim();
    const items = Array.isArray(inner) && !(type && bodyKind(type) === "json") ? inner : [inner];
    return items.map((item) => part(name, item, type, isFilePart(name) || isFileType(type)));
  });
}

function part(name: string, value: unknown, type: string | undefined, file: boolean): Part {
  if (file && typeof value === "string") {
    const content = bytes(value);
    const own = dataUrl(value)?.type;
    return {
      name,
      filename: name,
      contentType: type && !type.includes("*") ? type : (own ?? "application/octet-stream"),
      content,
    };
  }
  const structured = typeof value === "object" && value !== null;
  const given = type && { contentType: contentType(type) };
  return {
    name,
    ...(given || (structured && { contentType: "application/json" })),
    content: structured || (type && bodyKind(type) === "json") ? stringifyJson(value) : scalar(value),
  };
}

function isFileField(schema: unknown, kind: BodyKind): boolean {
  if (!isRecord(schema)) return false;
  return isFile(schema, kind) || (isRecord(schema.items) && isFile(schema.items, kind));
}

function isFileType(type: string | undefined): boolean {
  return type !== undefined && bodyKind(type) === "bytes";
}

/** Text as UTF-8, a base64 data: URL as what it holds. */
function bytes(text: string): string | Uint8Array {
  const data = dataUrl(text);
  return data ? data.content : text;
}

function dataUrl(text: string): { type: string | undefined; content: Uint8Array } | undefined {
  const match = /^data:([^;,]*)(?:;[^,;]*)*;base64,([A-Za-z0-9+/=_\s-]*)$/.exec(text);
  if (!match) return undefined;
  return { type: match[1] || undefined, content: Buffer.from(match[2] ?? "", "base64") };
}
