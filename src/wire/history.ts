/** A conversation, its calls and their results, as clients of the native protocol are told of them. Pure. */
import type { Message, ResultFile, ToolCall, ToolResult } from "../chat/types.ts";
import {
  type FileFrame,
  type HistoryMessage,
  RESULT_PREVIEW,
  type ToolCallFrame,
  type ToolResultFrame,
} from "./types.ts";

export interface HistoryContext {
  /** The operation behind a tool, when there is one. */
  operation(tool: string): { readonly method: string; readonly path: string } | undefined;
  /** Where a file is fetched, relative to the client's own address. */
  fileUrl(id: string): string;
}

/** As a person would read it: a turn's rounds with their calls, results beside the calls they answer. */
export function encodeHistory(
  messages: readonly Message[],
  context: HistoryContext,
): readonly HistoryMessage[] {
  const read: HistoryMessage[] = [];
  for (const entry of messages) {
    if (entry.role !== "results") {
      read.push(encodeMessage(entry, context));
      continue;
    }
    const asking = read.pop();
    const results = entry.results.map((result) => resultFrame(result, context.fileUrl));
    if (asking) read.push({ ...asking, tool_results: results });
  }
  return read;
}

function encodeMessage(
  message: Exclude<Message, { role: "results" }>,
  { operation, fileUrl }: HistoryContext,
): HistoryMessage {
  const stamp = { message_id: message.id, timestamp: message.at, tool_results: [] };
  if (message.role === "user") {
    const { text, attachments } = message;
    const files = attachments && { attachments: attachments.map((file) => fileFrame(file, fileUrl)) };
    return { ...stamp, role: "user", content: text, tool_calls: [], ...files };
  }
  const { parts, stopReason } = message;
  return {
    ...stamp,
    role: "assistant",
    content: parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join(""),
    tool_calls: parts.flatMap((part) =>
      part.type === "call" ? [{ ...shortCall(part.call), ...operation(part.call.name) }] : [],
    ),
    ...(stopReason && { stop_reason: stopReason }),
  };
}

export function callFrame(call: ToolCall, operation: HistoryContext["operation"]): ToolCallFrame {
  return { tool_call_id: call.id, name: call.name, arguments: call.arguments, ...operation(call.name) };
}

export function shortCall({ id, name, arguments: values }: ToolCall) {
  return { id, name, arguments: values };
}

export function resultFrame(result: ToolResult, fileUrl: HistoryContext["fileUrl"]): ToolResultFrame {
  return {
    ...shortResult(result, fileUrl),
    ...(result.httpStatus !== undefined && { http_status: result.httpStatus }),
    duration_ms: Math.round(result.durationMs),
  };
}

/** As the contract's `tool_results` have it. */
export function shortResult(
  { callId, name, status, content, file }: ToolResult,
  fileUrl: HistoryContext["fileUrl"],
) {
  const result = content.length > RESULT_PREVIEW ? `${content.slice(0, RESULT_PREVIEW)}…` : content;
  return { tool_call_id: callId, name, status, result, ...(file && { file: fileFrame(file, fileUrl) }) };
}

function fileFrame({ id, name, mediaType, size }: ResultFile, fileUrl: (id: string) => string): FileFrame {
  return { id, name, media_type: mediaType, size, url: fileUrl(id) };
}
