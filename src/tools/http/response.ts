import { STATUS_CODES } from "node:http";
import type { ResultFile } from "../../chat/types.ts";
import type { Operation } from "../../openapi/types.ts";
import type { CallContext, ToolOutput } from "../types.ts";
import { readResponseBody } from "./response-body.ts";
import type { HttpResult } from "./types.ts";

/**
 * The body verbatim. Before it, unless all there is to say is 200, one line with the status, the headers that help to
 * go on, and an empty line: a content that begins with `HTTP ` has its body after the first empty line. From 400 up
 * the result is failed and the status line says what the document says of it. A body that is no text is described, and
 * kept for the person where there is somebody to keep it.
 */
export function describeResponse(
  result: HttpResult,
  operation: Operation,
  saveFile?: CallContext["saveFile"],
): ToolOutput {
  if (result.outcome === "failed") return { status: "failed", content: result.problem };
  const { status, headers } = result;
  const isFailure = status >= 400;
  const documentedMeaning = isFailure || status >= 300 ? findDocumentedMeaning(operation, status) : undefined;
  const statusLine = [status, STATUS_CODES[status]].filter(Boolean).join(" ");
  const lines = REPORTED_HEADERS.filter((header) => headers[header] !== undefined).map(
    (header) => `${formatHeaderName(header)}: ${headers[header]}`,
  );
  if (result.truncated)
    lines.push(`Note: only the first ${result.body.length} bytes of the answer were read.`);
  const parsedBody = readResponseBody(result.body, headers);
  const file =
    parsedBody.type === "file" && !result.truncated
      ? saveFile?.({
          name: parsedBody.name ?? `answer${fileExtension(parsedBody.mediaType)}`,
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

/** What the model reads where there is nothing to read. */
export const NO_CONTENT = "(no content)";

/** What the model is told of a body that is no text. */
export function describeFile(
  { mediaType, name }: { readonly mediaType: string; readonly name: string | undefined },
  size: number,
  file: ResultFile | undefined,
): string {
  const parts = [mediaType, `${size} bytes`, ...(name ? [`file name ${name}`] : [])];
  const downloadNote = file ? ` The person sees it as a download named ${file.name}.` : "";
  return `(binary content: ${parts.join(", ")})${downloadNote}`;
}

/** `.pdf` for `application/pdf`: a name the person's system can open. */
function fileExtension(mediaType: string): string {
  const subtype = /\/([a-z0-9]{2,5})$/.exec(mediaType)?.[1];
  return subtype ? `.${subtype}` : "";
}

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
