/** Encodes stored messages, with calls and results, for the native protocol. Pure. */
import type { Message } from "../../chat/types.ts";
import {
  encodeFileFrame,
  encodeResultFrame,
  encodeShortCall,
  type HistoryContext,
} from "../shared/call-frames.ts";
import type { HistoryMessage } from "./types.ts";

/** Encodes each round as one message that holds its calls and their results. */
export function encodeHistory(
  messages: readonly Message[],
  context: HistoryContext,
): readonly HistoryMessage[] {
  const encoded: HistoryMessage[] = [];
  for (const entry of messages) {
    if (entry.role !== "results") {
      encoded.push(encodeMessage(entry, context));
      continue;
    }
    const lastMessage = encoded.pop();
    const results = entry.results.map((result) => encodeResultFrame(result, context.fileUrl));
    if (lastMessage) encoded.push({ ...lastMessage, tool_results: results });
  }
  return encoded;
}

function encodeMessage(
  message: Exclude<Message, { role: "results" }>,
  { operation, fileUrl }: HistoryContext,
): HistoryMessage {
  const stamp = { message_id: message.id, timestamp: message.at, tool_results: [] };
  if (message.role === "user") {
    const { text, attachments } = message;
    const files = attachments && { attachments: attachments.map((file) => encodeFileFrame(file, fileUrl)) };
    return { ...stamp, role: "user", content: text, tool_calls: [], ...files };
  }
  const { parts, stopReason } = message;
  return {
    ...stamp,
    role: "assistant",
    content: parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join(""),
    tool_calls: parts.flatMap((part) =>
      part.type === "call" ? [{ ...encodeShortCall(part.call), ...operation(part.call.name) }] : [],
    ),
    ...(stopReason && { stop_reason: stopReason }),
  };
}
