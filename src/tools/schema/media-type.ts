/** Classifies the media types of request bodies. */
import type { MediaType } from "../../openapi/types.ts";

/** The serialization of a body. */
export type BodyKind = "json" | "form" | "multipart" | "text" | "bytes" | TextSyntax;

/** The syntax of a text that a structured value is written in. */
export type TextSyntax = "xml" | "csv" | "lines" | "yaml";

export function getBodyKind(mediaType: string): BodyKind {
  if (mediaType === "application/json" || mediaType.endsWith("+json")) return "json";
  if (mediaType === "*/*" || mediaType === "application/*" || mediaType === "text/json") return "json";
  if (mediaType === "application/x-www-form-urlencoded") return "form";
  if (mediaType.startsWith("multipart/")) return "multipart";
  if (mediaType.startsWith("text/") || getTextSyntax(mediaType)) return "text";
  return TEXT_TYPES.has(mediaType) ? "text" : "bytes";
}

export function isXmlType(mediaType: string): boolean {
  return /[/+]xml$/.test(mediaType);
}

/** Returns the syntax in which a structured value can be written as a text of a media type; undefined for others. */
export function getTextSyntax(mediaType: string): TextSyntax | undefined {
  if (isXmlType(mediaType)) return "xml";
  if (/[/+](x-)?yaml$/.test(mediaType)) return "yaml";
  if (/^(text|application)\/((x-)?csv|tab-separated-values|tsv)$/.test(mediaType)) return "csv";
  return /^(application|text)\/((x-)?(ndjson|jsonl|jsonlines|json-lines)|stream\+json|([\w.-]+\+)?json-seq)$/.test(
    mediaType,
  )
    ? "lines"
    : undefined;
}

/**
 * Checks whether structured values are JSON under a media type that does not say so. Texts in languages of their own, and
 * binary formats, are none.
 */
export function canCarryJson({ mediaType, schema }: MediaType): boolean {
  if (isXmlType(mediaType) || OTHER_LANGUAGE.test(mediaType)) return false;
  return mediaType !== "text/plain" || schema.properties !== undefined;
}

const OTHER_LANGUAGE =
  /^(text\/(csv|html|css|tab-separated-values|markdown|x-.*)|application\/(graphql|javascript|sql|octet-stream|pdf|zip|gzip|csv)|(image|audio|video|font)\/.*)$/;

const TEXT_TYPES = new Set(["application/graphql", "application/javascript", "application/sql"]);

/** Returns the Content-Type of a body with its parameters. A multipart type gets its boundary when it is sent. */
export function toBodyContentType({ mediaType, parameters = "" }: MediaType): string {
  const type = toContentType(mediaType);
  if (type !== mediaType || /[\r\n]/.test(parameters)) return type;
  const kept =
    getBodyKind(mediaType) === "multipart"
      ? parameters.replace(/(^|;)\s*boundary=("[^"]*"|[^;]*)/i, "").replace(/^\s*;\s*/, "")
      : parameters;
  return kept === "" ? type : `${type}; ${kept}`;
}

/** Replaces a media range such as `*\/*` or `application/*+json` by the concrete type that is sent. */
export function toContentType(mediaType: string): string {
  if (!isRange(mediaType)) return mediaType;
  if (mediaType === "*/*" || mediaType === "application/*") return "application/json";
  const suffix = /\+(json|xml|yaml)$/.exec(mediaType)?.[1];
  if (suffix !== undefined) return `application/${suffix}`;
  return mediaType === "text/*" ? "text/plain" : "application/octet-stream";
}

export function isRange(mediaType: string): boolean {
  return mediaType.includes("*");
}

/** Checks whether a media type or range includes a concrete media type. */
export function coversType(range: string, mediaType: string): boolean {
  if (!isRange(range)) return range === mediaType;
  const pattern = range.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*");
  return range === "*/*" || new RegExp(`^${pattern}$`).test(mediaType);
}
