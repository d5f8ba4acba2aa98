import { STATUS_CODES } from "node:http";
import type { ResultFile } from "../../chat/types.ts";
import type { Operation } from "../../openapi/types.ts";
import type { Answer, CallContext, Exchange } from "../types.ts";
import { readAnswerBody } from "./response-body.ts";

/**
 * The body verbatim. Before it, unless all there is to say is 200, one line with the status, the headers that help to
 * go on, and an empty line: a content that begins with `HTTP ` has its body after the first empty line. From 400 up
 * the result is failed and the status line says what the document says of it. A body that is no text is described, and
 * kept for the person where there is somebody to keep it.
 */
export function describeAnswer(
  exchange: Exchange,
  operation: Operation,
  keepFile?: CallContext["keepFile"],
): Answer {
  if (exchange.outcome === "failed") return { status: "failed", content: exchange.problem };
  const { status, headers } = exchange;
  const isFailure = status >= 400;
  const meaning = isFailure || status >= 300 ? documented(operation, status) : undefined;
  const name = [status, STATUS_CODES[status]].filter(Boolean).join(" ");
  const lines = USEFUL.filter((header) => headers[header] !== undefined).map(
    (header) => `${title(header)}: ${headers[header]}`,
  );
  if (exchange.truncated)
    lines.push(`Note: only the first ${exchange.body.length} bytes of the answer were read.`);
  const read = readAnswerBody(exchange.body, headers);
  const file =
    read.type === "file" && !exchange.truncated
      ? keepFile?.({
          name: read.name ?? `answer${extension(read.mediaType)}`,
          mediaType: read.mediaType,
          bytes: exchange.body,
        })
      : undefined;
  const body =
    read.type === "text" ? read.text || NO_CONTENT : describeFile(read, exchange.body.length, file);
  const head = [`HTTP ${name}${meaning ? `: ${meaning}` : ""}`, ...lines].join("\n");
  const bodyAlone = status === 200 && lines.length === 0 && body !== NO_CONTENT && !body.startsWith("HTTP ");
  return {
    status: isFailure ? "failed" : "ok",
    content: bodyAlone ? body : `${head}\n\n${body}`,
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
  const kept = file ? ` The person sees it as a download named ${file.name}.` : "";
  return `(binary content: ${parts.join(", ")})${kept}`;
}

/** `.pdf` for `application/pdf`: a name the person's system can open. */
function extension(mediaType: string): string {
  const subtype = /\/([a-z0-9]{2,5})$/.exec(mediaType)?.[1];
  return subtype ? `.${subtype}` : "";
}

const USEFUL = [
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

function documented(operation: Operation, status: number): string | undefined {
  const range = `${Math.floor(status / 100)}XX`;
  const find = (wanted: string) =>
    operation.responses.find((response) => response.status.toUpperCase() === wanted);
  const response = find(String(status)) ?? find(range) ?? find("DEFAULT");
  return response?.description.replace(/\s+/g, " ").trim() || undefined;
}

function title(header: string): string {
  if (header === "etag") return "ETag";
  return header.replace(
    /(^|-)([a-z])/g,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}
