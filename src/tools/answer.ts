import { STATUS_CODES } from "node:http";
import type { Operation } from "../openapi/types.ts";
import { answerText } from "./answer-text.ts";
import type { Exchange } from "./types.ts";

/** An exchange as the model reads it. */
export interface Answer {
  readonly status: "ok" | "failed";
  readonly content: string;
  readonly httpStatus?: number;
}

/**
 * The body verbatim. Before it, unless all there is to say is 200, one line with the status, the headers that help to
 * go on, and an empty line: a content that begins with `HTTP ` has its body after the first empty line. From 400 up
 * the result is failed and the status line says what the document says of it.
 */
export function describeAnswer(exchange: Exchange, operation: Operation): Answer {
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
  const body = answerText(exchange.body, headers) || "(no content)";
  const head = [`HTTP ${name}${meaning ? `: ${meaning}` : ""}`, ...lines].join("\n");
  const bodyAlone =
    status === 200 && lines.length === 0 && body !== "(no content)" && !body.startsWith("HTTP ");
  return {
    status: isFailure ? "failed" : "ok",
    content: bodyAlone ? body : `${head}\n\n${body}`,
    httpStatus: status,
  };
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
