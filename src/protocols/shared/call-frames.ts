/** Frames of calls, results and files that several protocols share. Pure. */
import { RESULT_PREVIEW } from "../../chat/messages.ts";
import type { ResultFile, ToolCall, ToolResult } from "../../chat/types.ts";
import type { RefusalCode } from "../../errors.ts";

export interface HistoryContext {
  /** Returns what a tool does, for a person. Undefined for a tool that is not known any more. */
  operation(
    tool: string,
  ): Pick<ToolCallFrame, "method" | "path" | "summary" | "chart" | "security"> | undefined;
  /** Returns the URL of a file, relative to the client's address. */
  fileUrl(id: string): string;
}

/** A tool call. `method` and `path` name its operation, when it has one. `summary` says what it does: "List orders". */
export interface ToolCallFrame {
  readonly tool_call_id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly method?: string;
  readonly path?: string;
  readonly summary?: string;
  /** The result of the call is a chart that the client may draw. */
  readonly chart?: true;
  /** The API, and the security schemes that its operation names. */
  readonly security?: { readonly api: string; readonly schemes: readonly string[] };
}

/**
 * A tool result. `result` is the text that the model reads, cut at {@link RESULT_PREVIEW} characters. `whole_length` is the number of
 * characters of the whole result, when `result` is not all of it. `rows` counts the records of a list.
 */
export interface ToolResultFrame {
  readonly tool_call_id: string;
  readonly name: string;
  readonly status: "ok" | "failed";
  readonly http_status?: number;
  readonly duration_ms: number;
  readonly result: string;
  readonly whole_length?: number;
  readonly rows?: number;
  /** Why nothing was sent. */
  readonly refused?: RefusalCode;
  /** The arguments that were sent, when a person changed those of the call. */
  readonly sent_arguments?: Readonly<Record<string, unknown>>;
  /** The file, when the response is one. */
  readonly file?: FileFrame;
}

/** A file. `size` is in bytes; `url` is relative to the client's address. */
export interface FileFrame {
  readonly id: string;
  readonly name: string;
  readonly media_type: string;
  readonly size: number;
  readonly url: string;
}

export function encodeCallFrame(call: ToolCall, operation: HistoryContext["operation"]): ToolCallFrame {
  return { tool_call_id: call.id, name: call.name, arguments: call.arguments, ...operation(call.name) };
}

export function encodeShortCall({ id, name, arguments: values }: ToolCall) {
  return { id, name, arguments: values };
}

export function encodeResultFrame(result: ToolResult, fileUrl: HistoryContext["fileUrl"]): ToolResultFrame {
  const { content, durationMs, httpStatus, refused, rows, sentArguments, stored } = result;
  const length = stored?.length ?? content.length;
  return {
    ...encodeShortResult(result, fileUrl),
    ...(httpStatus !== undefined && { http_status: httpStatus }),
    duration_ms: Math.round(durationMs),
    ...(length > RESULT_PREVIEW || stored ? { whole_length: length } : {}),
    ...(rows !== undefined && { rows }),
    ...(refused && { refused }),
    ...(sentArguments && { sent_arguments: sentArguments }),
  };
}

/** Encodes a result without status code and duration, as in the `tool_results` of a reply. */
export function encodeShortResult(
  { callId, name, status, content, file }: ToolResult,
  fileUrl: HistoryContext["fileUrl"],
) {
  const result = content.length > RESULT_PREVIEW ? `${content.slice(0, RESULT_PREVIEW)}…` : content;
  return {
    tool_call_id: callId,
    name,
    status,
    result,
    ...(file && { file: encodeFileFrame(file, fileUrl) }),
  };
}

export function encodeFileFrame(
  { id, name, mediaType, size }: ResultFile,
  fileUrl: (id: string) => string,
): FileFrame {
  return { id, name, media_type: mediaType, size, url: fileUrl(id) };
}
