/** Describes API responses to the model. */
import { STATUS_CODES } from "node:http";
import type { ResultFile } from "../../chat/types.ts";
import type { Operation } from "../../openapi/types.ts";
import type { CallContext, ToolOutput } from "../types.ts";
import { readResponseBody } from "./response-body.ts";
import type { HttpResult } from "./types.ts";

/**
 * Describes a response to the model. A plain 200 is its unchanged body. Otherwise the body follows a status line,
 * useful headers and an empty line, so content that begins with `HTTP ` has its body after the first empty line.
 * Statuses from 400 are failed results, with the document's description in the status line. A binary body is
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
  const isFailure = status >= 400;
  const documentedMeaning = isFailure || status >= 300 ? findDocumentedMeaning(operation, status) : undefined;
  const statusLine = [status, STATUS_CODES[status]].filter(Boolean).join(" ");
  const pageHeaders = Object.keys(headers).filter(
    (header) => PAGE_HEADER.test(header) && !/rate-?limit/.test(header) && !REPORTED_HEADERS.includes(header),
  );
  const reported = REPORTED_HEADERS.filter((header) => headers[header] !== undefined);
  const lines = [...reported, ...pageHeaders].map(
    (header) => `${formatHeaderName(header)}: ${headers[header]}`,
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

const MAX_NOTES = 5;

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
  /(^|-)(next\w*|continu\w*|cursor|marker|scroll\w*|pag(e|es|ing|ination|ecount)|total\w*|count|more|hasmore|remaining(?!.*limit)|truncated|resum\w*|last(?!-mod)|complete|partial|done|found|matched|offset)(-|$)/;

/** Returns the document's description of a status, its range or the default response. */
function findDocumentedMeaning(operation: Operation, status: number): string | undefined {
  const range = `${Math.floor(status / 100)}XX`;
  const findResponse = (pattern: string) =>
    operation.responses.find((response) => response.status.toUpperCase() === pattern);
  const response = findResponse(String(status)) ?? findResponse(range) ?? findResponse("DEFAULT");
  return response?.description.replace(/\s+/g, " ").trim() || undefined;
}

function formatHeaderName(header: string): string {
  if (header === "etag") return "ETag";
  return header.replace(
    /(^|-)([a-z])/g,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}
