/** A conversation, its calls and their results, as clients of the native protocol are told of them. Pure. */
import type { Message } from "../../chat/types.ts";
import { fileFrame, type HistoryContext, resultFrame, shortCall } from "../shared/call-frames.ts";
import type { HistoryMessage } from "./types.ts";

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
