/** Describes API responses to the model. */
import { STATUS_CODES } from "node:http";
import type { ResultFile } from "../../chat/types.ts";
import type { Operation, OperationResponse } from "../../openapi/types.ts";
import type { CallContext, ToolOutput } from "../types.ts";
import { readResponseBody } from "./response-body.ts";
import type { HttpResult } from "./types.ts";

/**
 * Describes a response to the model. A plain 200 is its unchanged body. Otherwise the body follows a status line,
 * useful headers and an empty line, so content that begins with `HTTP ` has its body after the first empty line.
 * Statuses of errors are failed results, with the document's description in the status line. A binary body is
 * described, and saved for the user when `saveFile` is given.
 */
export function describeResponse(
  result: HttpResult,
  operation: Operation,
  saveFile?: CallContext["saveFile"],
  notes: readonly string[] = [],
): ToolOutput {
  if (result.outcome === "failed") return { status: "failed", content: result.problem };
  const { status, headers } = result;
  const isFailure = isFailedStatus(status);
  const documented = findDocumentedResponse(operation, status);
  const documentedMeaning = status >= 300 ? formatMeaning(documented) : undefined;
  const statusLine = [String(status).padStart(3, "0"), STATUS_CODES[status]].filter(Boolean).join(" ");
  const lines = selectHeaders(headers, operation, documented).map(
    (header) =>
      `${formatHeaderName(header)}: ${headers[header]?.slice(0, isPageHeader(header) ? MAX_PAGE_HEADER_LENGTH : MAX_HEADER_LENGTH)}`,
  );
  lines.push(...[...new Set(notes)].slice(0, MAX_NOTES).map((note) => `Note: ${note}`));
  if (result.truncated)
    lines.push(`Note: only the first ${result.body.length} bytes of the response were read.`);
  if (result.incomplete !== undefined) lines.push(`Note: ${INCOMPLETE_NOTES[result.incomplete]}`);
  const parsedBody = readResponseBody(result.body, headers);
  const file =
    parsedBody.type === "file" && !result.truncated && result.incomplete === undefined
      ? saveFile?.({
          name: parsedBody.name ?? `answer${getFileExtension(parsedBody.mediaType)}`,
          mediaType: parsedBody.mediaType,
          bytes: result.body,
        })
      : undefined;
  const body =
    parsedBody.type === "text"
      ? parsedBody.text || NO_CONTENT
      : describeFile(parsedBody, result.body.length, file);
  const head = [`HTTP ${statusLine}${documentedMeaning ? `: ${documentedMeaning}` : ""}`, ...lines].join(
    "\n",
  );
  const isBodyOnly = status === 200 && lines.length === 0 && body !== NO_CONTENT && !body.startsWith("HTTP ");
  return {
    status: isFailure ? "failed" : "ok",
    content: isBodyOnly ? body : `${head}\n\n${body}`,
    httpStatus: status,
    ...(file && { file }),
  };
}

/** Checks for a status of an error. One that HTTP does not have, such as 000, says nothing about success. */
export function isFailedStatus(status: number): boolean {
  return status < 200 || status >= 400;
}

const MAX_NOTES = 5;
const MAX_HEADER_LENGTH = 2000;
/** Servers and clients limit headers to 16 KiB. A token that is cut would lead nowhere. */
const MAX_PAGE_HEADER_LENGTH = 16_384;

/** Selects the headers that the model reads: helpful ones, those that the document declares, and all of a HEAD call. */
function selectHeaders(
  headers: Readonly<Record<string, string>>,
  { method }: Operation,
  documented: OperationResponse | undefined,
): readonly string[] {
  const names = Object.keys(headers).filter((header) => !HIDDEN_HEADERS.test(header));
  const others = names.filter(
    (header) => isPageHeader(header) || documented?.headers?.includes(header) || method === "HEAD",
  );
  return [...new Set([...REPORTED_HEADERS.filter((header) => headers[header] !== undefined), ...others])];
}

/** Headers that carry credentials or belong to the connection. */
const HIDDEN_HEADERS =
  /^(set-cookie2?|authorization|authentication-info|proxy-.*|connection|keep-alive|transfer-encoding|date|server|vary|via|strict-transport-security)$/;

/** Why a response is not whole. */
const INCOMPLETE_NOTES = {
  timeout:
    "the response was still open when the time was up. This is what arrived until then; more may follow.",
  connection: "the connection ended before the response was complete. This is what arrived.",
} as const;

/** Replaces empty content. */
export const NO_CONTENT = "(no content)";

/** Describes binary content to the model. */
export function describeFile(
  { mediaType, name }: { readonly mediaType: string; readonly name: string | undefined },
  size: number,
  file: ResultFile | undefined,
): string {
  const parts = [mediaType, `${size} bytes`, ...(name ? [`file name ${name}`] : [])];
  const downloadNote = file ? ` The user sees it as a download named ${file.name}.` : "";
  return `(binary content: ${parts.join(", ")})${downloadNote}`;
}

/** Returns a file extension for a media type: `.pdf` for `application/pdf`. */
function getFileExtension(mediaType: string): string {
  const subtype = /\/([a-z0-9]{2,5})$/.exec(mediaType)?.[1];
  return subtype ? `.${subtype}` : "";
}

/** Headers that help the model to continue, such as links, totals and rate limits. */
const REPORTED_HEADERS = [
  "location",
  "content-location",
  "link",
  "retry-after",
  "etag",
  "last-modified",
  "x-total-count",
  "x-total",
  "x-total-pages",
  "x-page",
  "x-per-page",
  "x-next-page",
  "x-prev-page",
  "x-next-cursor",
  "x-has-more",
  "content-range",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
  "x-request-id",
  "deprecation",
  "sunset",
  "warning",
  "allow",
];

/** Other headers about the pages of a list, whatever an API calls them: `X-MS-Continuation`, `X-WP-Total`, `Next-Range`. */
const PAGE_HEADER =
  /(^|-)(next\w*|continu\w*|cursor|marker|scroll\w*|pag(e|es|ing|ination|ecount)|total\w*|count|more|hasmore|remaining(?!.*limit)|truncated|resum\w*|last(?!-mod)|complete|partial|done|found|matched|offset|after)(-|$)/;

function isPageHeader(header: string): boolean {
  return header === "link" || (PAGE_HEADER.test(header) && !/rate-?limit|retry/.test(header));
}

/** Returns the document's response for a status, its range or the default response. */
function findDocumentedResponse(operation: Operation, status: number): OperationResponse | undefined {
  const range = `${Math.floor(status / 100)}XX`;
  const findResponse = (pattern: string) =>
    operation.responses.find((response) => response.status.toUpperCase() === pattern);
  return findResponse(String(status)) ?? findResponse(range) ?? findResponse("DEFAULT");
}

function formatMeaning(response: OperationResponse | undefined): string | undefined {
  return response?.description.replace(/\s+/g, " ").trim() || undefined;
}

function formatHeaderName(header: string): string {
  if (header === "etag") return "ETag";
  return header.replace(
    /(^|-)([a-z])/g,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}
