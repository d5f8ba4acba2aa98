/** Decodes non-streaming responses. */
import { stringifyJson } from "../../json.ts";
import type { ModelEvent } from "../types.ts";
import { isRecord, ToolCallParser } from "./calls.ts";
import { createEndEvent, isTruncated } from "./stop.ts";
import type { EventBatch } from "./types.ts";
import { UpstreamError } from "./upstream.ts";

/**
 * Decodes a Converse response into the events of a stream, with its text split into deltas.
 * @throws UpstreamError when it contains no message.
 */
export function decodeResponse(body: unknown): EventBatch {
  const response = isRecord(body) ? body : {};
  const message =
    isRecord(response.output) && isRecord(response.output.message) ? response.output.message : undefined;
  if (!message || !Array.isArray(message.content))
    throw new UpstreamError("StreamDamagedError", "The response contains no message.");
  const calls = new ToolCallParser();
  const blocks = message.content.filter(isRecord);
  const isResponseTruncated = isTruncated(response.stopReason);
  const events = blocks.flatMap((block, index) =>
    decodeBlock(block, calls, isResponseTruncated && index === blocks.length - 1),
  );
  const callCount = events.filter((event) => event.type === "call").length;
  return [...events, createEndEvent(response.stopReason, callCount, response)];
}

function decodeBlock(
  block: Readonly<Record<string, unknown>>,
  calls: ToolCallParser,
  isBlockTruncated: boolean,
): readonly ModelEvent[] {
  if (typeof block.text === "string")
    return splitIntoDeltas(block.text).map((text) => ({ type: "text", text }));
  if (isRecord(block.toolUse)) {
    const { toolUseId, name, input } = block.toolUse;
    const inputText = typeof input === "string" ? input : input === undefined ? "" : stringifyJson(input);
    // A call that was truncated before its arguments arrives with an empty object.
    const text = isBlockTruncated && inputText === "{}" ? "" : inputText;
    return [
      {
        type: "call",
        call: calls.parse(String(toolUseId ?? ""), String(name ?? ""), text, isBlockTruncated),
      },
    ];
  }
  if (isRecord(block.reasoningContent)) return decodeReasoning(block.reasoningContent);
  return [];
}

function decodeReasoning(content: Readonly<Record<string, unknown>>): readonly ModelEvent[] {
  if (typeof content.redactedContent === "string")
    return [{ type: "reasoning", text: "", redacted: content.redactedContent }];
  const { text, signature } = isRecord(content.reasoningText) ? content.reasoningText : {};
  const reasoningText = typeof text === "string" ? text : "";
  if (typeof signature === "string") return [{ type: "reasoning", text: reasoningText, signature }];
  return reasoningText === "" ? [] : [{ type: "reasoning", text: reasoningText }];
}

/** Splits a text into lines, or a few words at a time. Joined, the parts equal the text. */
export function splitIntoDeltas(text: string): readonly string[] {
  return text.match(/[^\n]{1,40}(?:\s|$)|\n|[^\n]{1,40}/gu) ?? [];
}
