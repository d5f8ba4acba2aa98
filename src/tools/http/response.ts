/** Describes API responses to the model. */
import { STATUS_CODES } from "node:http";
import type { ResultFile } from "../../chat/types.ts";
import type { Operation, OperationResponse } from "../../openapi/types.ts";
import type { CallContext, FileContent, ToolOutput } from "../types.ts";
import { parseFileName } from "./content-disposition.ts";
import { maskSecrets } from "./mask-secrets.ts";
import { type MaskedBody, readMaskedBody } from "./masked-body.ts";
import type { HttpResult } from "./types.ts";

/** What the description of a response needs beside the response. */
export interface DescriptionContext {
  /** The credentials that the response may repeat. */
  readonly secrets?: readonly string[];
  readonly saveFile?: CallContext["saveFile"];
  readonly notes?: readonly string[];
  /** Whose work over long responses waits for each other. */
  readonly caller?: string;
  readonly signal?: AbortSignal;
}

/** The output for the model, without credentials. */
export interface ResponseDescription extends ToolOutput {
  /** The content before credentials were masked, in which links to further pages work. */
  readonly received: string;
}

/**
 * Describes a response to the model. A plain 200 is its unchanged body. Otherwise the body follows a status line,
 * useful headers and an empty line, so content that begins with `HTTP ` has its body after the first empty line.
 * Statuses of errors are failed results, with the document's description in the status line. A binary body is
 * described, and saved for the user when `saveFile` is given. A long body is handed over to a worker. Never rejects.
 */
export async function describeResponse(
  result: HttpResult,
  operation: Operation,
  context: DescriptionContext = {},
): Promise<ResponseDescription> {
  const { secrets = [], saveFile, notes = [], caller = "", signal } = context;
  if (result.outcome === "failed")
    return { status: "failed", content: maskSecrets(result.problem, secrets), received: result.problem };
  const size = result.body.length;
  const statusAndHeaders = describeHead(result, operation, size, notes);
  const body = await readMaskedBody(result, secrets, { caller, ...(signal && { signal }) }).catch(toError);
  if (body instanceof Error) {
    const received = `${statusAndHeaders.join("\n")}\n\nThe body could not be read: ${body.message}.`;
    const content = maskSecrets(received, secrets);
    return { status: "failed", content, received, httpStatus: result.status };
  }
  const isWhole = !result.truncated && result.incomplete === undefined;
  const content = isWhole ? toFileContent(body, result, secrets) : undefined;
  const file = content && saveFile?.(content);
  const head = file && body.type === "text" ? [...statusAndHeaders, noteDownload(file)] : statusAndHeaders;
  const text = body.type === "text" ? body.text : describeFile(body, size, file);
  const masked = body.type === "text" ? body.masked : maskSecrets(text, secrets);
  const received = joinResponse(result.status, head, text);
  const maskedHead = head.map((line) => maskSecrets(line, secrets));
  const isSame = masked === text && maskedHead.every((line, index) => line === head[index]);
  return {
    status: isFailedStatus(result.status) ? "failed" : "ok",
    content: isSame ? received : joinResponse(result.status, maskedHead, masked),
    received,
    httpStatus: result.status,
    ...(file && { file }),
  };
}

/** Returns the file that a person can download: binary content, or a text that the API sends as an attachment. */
function toFileContent(
  body: MaskedBody,
  { headers, status, body: bytes }: Extract<HttpResult, { outcome: "received" }>,
  secrets: readonly string[],
): FileContent | undefined {
  if (body.type === "file") {
    const { mediaType, name = `answer${getFileExtension(mediaType)}` } = body;
    return { name, mediaType, bytes: body.bytes };
  }
  const disposition = headers["content-disposition"];
  if (body.text === "" || isFailedStatus(status) || !/^\s*attachment\b/i.test(disposition ?? ""))
    return undefined;
  const mediaType = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() || "text/plain";
  const name = maskSecrets(parseFileName(disposition) ?? `answer${getFileExtension(mediaType)}`, secrets);
  // A worker has taken the bytes of a long body.
  const isUnchanged = body.masked === body.text && bytes.length > 0;
  return { name, mediaType, bytes: isUnchanged ? bytes : new TextEncoder().encode(body.masked) };
}

function noteDownload({ name }: ResultFile): string {
  return `Note: the person sees this response as a download named ${name}.`;
}

/** Returns the status line, the headers that the model reads, and the notes. */
function describeHead(
  { status, headers, truncated, incomplete }: Extract<HttpResult, { outcome: "received" }>,
  operation: Operation,
  size: number,
  notes: readonly string[],
): readonly string[] {
  const documented = findDocumentedResponse(operation, status);
  const documentedMeaning = status >= 300 ? formatMeaning(documented) : undefined;
  const statusLine = [String(status).padStart(3, "0"), STATUS_CODES[status]].filter(Boolean).join(" ");
  return [
    `HTTP ${statusLine}${documentedMeaning ? `: ${documentedMeaning}` : ""}`,
    ...selectHeaders(headers, operation, documented).map(
      (header) =>
        `${formatHeaderName(header)}: ${headers[header]?.slice(0, isPageHeader(header) ? MAX_PAGE_HEADER_LENGTH : MAX_HEADER_LENGTH)}`,
    ),
    ...[...new Set(notes)].slice(0, MAX_NOTES).map((note) => `Note: ${note}`),
    ...(truncated ? [`Note: only the first ${size} bytes of the response were read.`] : []),
    ...(incomplete === undefined ? [] : [`Note: ${INCOMPLETE_NOTES[incomplete]}`]),
  ];
}

function joinResponse(status: number, head: readonly string[], body: string): string {
  const isBodyOnly = status === 200 && head.length === 1 && body !== "" && !body.startsWith("HTTP ");
  return isBodyOnly ? body : `${head.join("\n")}\n\n${body || NO_CONTENT}`;
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
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
