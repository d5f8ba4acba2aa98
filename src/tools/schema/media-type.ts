/** Classifies and chooses the media types of request bodies. */
import type { MediaType } from "../../openapi/types.ts";

/** The serialization of a body. */
export type BodyKind = "json" | "form" | "multipart" | "text" | "bytes";

export function getBodyKind(mediaType: string): BodyKind {
  if (mediaType === "application/json" || mediaType.endsWith("+json")) return "json";
  if (mediaType === "*/*" || mediaType === "application/*" || mediaType === "text/json") return "json";
  if (mediaType === "application/x-www-form-urlencoded") return "form";
  if (mediaType.startsWith("multipart/")) return "multipart";
  if (mediaType.startsWith("text/") || mediaType === "application/xml" || mediaType.endsWith("+xml"))
    return "text";
  return TEXT_TYPES.has(mediaType) ? "text" : "bytes";
}

const TEXT_TYPES = new Set([
  "application/yaml",
  "application/x-yaml",
  "application/graphql",
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/javascript",
  "application/sql",
]);

const PREFERENCE: readonly BodyKind[] = ["json", "form", "multipart", "text", "bytes"];

/** Chooses the media type that a model fills best: JSON, its variants, forms, text, bytes; then document order. */
export function chooseMediaType(content: readonly MediaType[]): MediaType | undefined {
  const rank = ({ mediaType }: MediaType) =>
    mediaType === "application/json" ? -1 : PREFERENCE.indexOf(getBodyKind(mediaType));
  return content.toSorted((a, b) => rank(a) - rank(b))[0];
}

/** Returns the Content-Type of a body with its parameters. A multipart type gets its boundary when it is sent. */
export function toBodyContentType({ mediaType, parameters }: MediaType): string {
  const type = toContentType(mediaType);
  return parameters === undefined ||
    type !== mediaType ||
    /[\r\n]/.test(parameters) ||
    getBodyKind(mediaType) === "multipart"
    ? type
    : `${type}; ${parameters}`;
}

/** Replaces a media range such as `*\/*` by the concrete type that is sent. */
export function toContentType(mediaType: string): string {
  if (mediaType === "*/*" || mediaType === "application/*") return "application/json";
  if (mediaType === "text/*") return "text/plain";
  return mediaType.endsWith("/*") ? "application/octet-stream" : mediaType;
}
