/** Formats the body of a request as a text that a person can read, whole. */
import { decodeText, readCharset } from "../request/charset.ts";
import type { FileContent } from "../types.ts";
import type { MultipartPart, ToolRequest } from "./types.ts";

/** Returns text as it is, parts line by line, other bytes as base64, and an attached file of `files` as its name and size. */
export function formatBody({ headers, body }: ToolRequest, files: readonly FileContent[]): string {
  if (body === null) return "";
  const isParts = Array.isArray as (value: typeof body) => value is readonly MultipartPart[];
  if (isParts(body)) return body.map((part) => formatPart(part, files)).join("\n");
  return formatContent(body, charsetOf(headers), files);
}

function charsetOf(headers: ToolRequest["headers"]): string {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  return readCharset(type) ?? "utf-8";
}

function formatPart(
  { name, filename, contentType, headers = {}, content }: MultipartPart,
  files: readonly FileContent[],
): string {
  const details = [
    filename,
    contentType,
    ...Object.entries(headers).map(([header, value]) => `${header}: ${value}`),
  ].filter((detail) => detail !== undefined);
  const title = name ?? "part";
  const label = details.length === 0 ? title : `${title} (${details.join("; ")})`;
  return `${label}: ${formatContent(content, "utf-8", files)}`;
}

/** Formats bytes as text if they are text, else as base64. An attached file is its name and size. */
function formatContent(content: string | Uint8Array, charset: string, files: readonly FileContent[]): string {
  if (typeof content !== "string") {
    const file = files.find(({ bytes }) => bytes === content || Buffer.compare(bytes, content) === 0);
    if (file) return describeFile(file);
    const text = decodeText(content, charset);
    return text === undefined || text.includes("\0") ? `base64 ${content.toBase64()}` : text;
  }
  return files.reduce((text, file) => {
    const bytes = Buffer.from(file.bytes);
    if (bytes.length === 0) return text;
    return text
      .replaceAll(bytes.toString("base64"), () => describeFile(file))
      .replaceAll(bytes.toString("base64url"), () => describeFile(file));
  }, content);
}

function describeFile({ name, bytes }: FileContent): string {
  return `attachment:${name} (${bytes.length} bytes)`;
}
