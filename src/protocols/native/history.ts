/** Encodes stored messages, with calls and results, for the native protocol. Pure. */
import type { Message, ModelUsage } from "../../chat/types.ts";
import { addUsage, NO_USAGE } from "../../chat/usage.ts";
import type { Session } from "../../store/types.ts";
import { encodeFileFrame, encodeResultFrame, encodeShortCall } from "../shared/call-frames.ts";
import { type EncodeContext, encodeUsageFrame } from "./codec.ts";
import type { HistoryMessage } from "./types.ts";

type HistoryEncodeContext = Omit<EncodeContext, "sessionCost">;

/** Encodes each round as one message that holds its calls and their results. The last one of a turn has the figures of the turn. */
export function encodeHistory(
  messages: readonly Message[],
  context: HistoryEncodeContext,
  feedback: Session["feedback"] = {},
): readonly HistoryMessage[] {
  const encoded: HistoryMessage[] = [];
  let spent: readonly ModelUsage[] = [];
  for (const entry of messages) {
    if (entry.role === "user") {
      const { rating, note } = feedback[entry.id] ?? {};
      const rated = rating && { feedback: { rating, ...(note !== undefined && { note }) } };
      encoded.push({ ...encodeMessage(entry, context), ...rated });
      spent = [];
      continue;
    }
    if (entry.role === "assistant") {
      spent = [...spent, entry];
      encoded.push({
        ...encodeMessage(entry, context),
        ...(entry.stopReason && encodeFigures(spent, context)),
      });
      continue;
    }
    const lastMessage = encoded.pop();
    const results = entry.results.map((result) => encodeResultFrame(result, context.fileUrl));
    if (lastMessage) encoded.push({ ...lastMessage, tool_results: results });
  }
  return encoded;
}

function encodeFigures(spent: readonly ModelUsage[], context: HistoryEncodeContext) {
  const usage = spent.reduce((sum, one) => addUsage(sum, one.usage), NO_USAGE);
  const last = spent.at(-1);
  return {
    usage: encodeUsageFrame(usage),
    cost_usd: context.cost(spent),
    model: last?.model ?? "",
    ...(last && { context: context.contextOf(last.model, last.usage) }),
  };
}

function encodeMessage(
  message: Exclude<Message, { role: "results" }>,
  { operation, fileUrl }: HistoryEncodeContext,
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
