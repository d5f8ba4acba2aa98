import { stringifyJson } from "../../json.ts";
import type { Encoding, MediaType } from "../../openapi/types.ts";
import { isFile } from "../schema/input-schema.ts";
import { type BodyKind, bodyKind, contentType } from "../schema/media-type.ts";
import { objectShape } from "../schema/object-shape.ts";
import { isRecord, own } from "../schema/schema.ts";
import type { Part, RequestBodyValue, Tool } from "../types.ts";
import { scalar, writePairs } from "./parameter-style.ts";
import { encodeForm, encodeReserved } from "./percent.ts";

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
    const { contentType: listed, headers } = own(encodings, name) ?? {};
    const types = listed?.split(",").map((type) => type.trim()) ?? [];
    const [type] = types;
    const items = Array.isArray(inner) && !(type && bodyKind(type) === "json") ? inner : [inner];
    const isFile = isFilePart(name) || isFileType(type);
    return items.map((item) => ({ ...part(name, item, types, isFile), ...(headers && { headers }) }));
  });
}

/** `types`: those that the encoding allows, ranges among them; none allows all. */
function part(name: string, value: unknown, types: readonly string[], file: boolean): Part {
  const [type] = types;
  if (file && typeof value === "string")
    return {
      name,
      filename: dataUrl(value)?.name ?? name,
      contentType: fileType(dataUrl(value)?.type, types),
      content: bytes(value),
    };
  const structured = typeof value === "object" && value !== null;
  const given = type && { contentType: contentType(type) };
  return {
    name,
    ...(given || (structured && { contentType: "application/json" })),
    content: structured || (type && bodyKind(type) === "json") ? stringifyJson(value) : scalar(value),
  };
}

/** What the file says it is, where that is allowed; else the first type that is no range. */
function fileType(said: string | undefined, types: readonly string[]): string {
  const covers = (type: string) =>
    type === said || type === "*/*" || (type.endsWith("/*") && said?.startsWith(type.slice(0, -1)));
  const known = types.find((type) => !type.includes("*"));
  return (said && (known === undefined || types.some(covers)) ? said : known) ?? "application/octet-stream";
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

function dataUrl(text: string): { type?: string; name?: string; content: Uint8Array } | undefined {
  const match = /^data:([^;,]*)((?:;[^,;]*)*);base64,([A-Za-z0-9+/=_\s-]*)$/.exec(text);
  if (!match) return undefined;
  const [, type = "", parameters = "", content = ""] = match;
  const name = /;name=([^;]+)/.exec(parameters)?.[1];
  return {
    ...(type && { type }),
    ...(name && { name: decoded(name) }),
    content: Buffer.from(content, "base64"),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
