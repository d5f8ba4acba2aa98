/** Calls, results and files as several protocols show them. Pure. */
import { RESULT_PREVIEW, type ResultFile, type ToolCall, type ToolResult } from "../../chat/types.ts";

export interface HistoryContext {
  /** The operation behind a tool, when there is one. */
  operation(tool: string): { readonly method: string; readonly path: string } | undefined;
  /** Where a file is fetched, relative to the client's own address. */
  fileUrl(id: string): string;
}

/** A call, as clients see it. `method` and `path` are those of the operation behind the tool, when it is known. */
export interface ToolCallFrame {
  readonly tool_call_id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly method?: string;
  readonly path?: string;
}

/** `result` is a preview: the text of the API's answer, or why there was none, cut at {@link RESULT_PREVIEW}. */
export interface ToolResultFrame {
  readonly tool_call_id: string;
  readonly name: string;
  readonly status: "ok" | "failed";
  readonly http_status?: number;
  readonly duration_ms: number;
  readonly result: string;
  /** Where there is one instead of a text; `url` is relative to the WebSocket's address. `size` in bytes. */
  readonly file?: FileFrame;
}

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
  return {
    ...encodeShortResult(result, fileUrl),
    ...(result.httpStatus !== undefined && { http_status: result.httpStatus }),
    duration_ms: Math.round(result.durationMs),
  };
}

/** As the contract's `tool_results` have it. */
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
