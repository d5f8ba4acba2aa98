import { stringifyJson } from "../../json.ts";
import type { ModelEvent } from "../types.ts";
import { CallReader, isRecord } from "./calls.ts";
import { endOf, isCutOff } from "./stop.ts";
import type { Batch } from "./types.ts";
import { UpstreamError } from "./upstream.ts";

/** Converse's answer as the events that ConverseStream would have brought: text in words, as deltas. */
export function wholeEvents(body: unknown): Batch {
  const answer = isRecord(body) ? body : {};
  const message =
    isRecord(answer.output) && isRecord(answer.output.message) ? answer.output.message : undefined;
  if (!message) throw new UpstreamError("StreamDamagedError", "The answer holds no message.");
  const calls = new CallReader();
  const blocks = Array.isArray(message.content) ? message.content.filter(isRecord) : [];
  const cutOff = isCutOff(answer.stopReason);
  const events = blocks.flatMap((block, index) =>
    blockEvents(block, calls, cutOff && index === blocks.length - 1),
  );
  const callCount = events.filter((event) => event.type === "call").length;
  return [...events, endOf(answer.stopReason, callCount, answer)];
}

function blockEvents(
  block: Readonly<Record<string, unknown>>,
  calls: CallReader,
  cutOff: boolean,
): readonly ModelEvent[] {
  if (typeof block.text === "string") return deltasOf(block.text).map((text) => ({ type: "text", text }));
  if (isRecord(block.toolUse)) {
    const { toolUseId, name, input } = block.toolUse;
    const written = typeof input === "string" ? input : input === undefined ? "" : stringifyJson(input);
    // Arguments that never came are told as an empty object.
    const text = cutOff && written === "{}" ? "" : written;
    return [{ type: "call", call: calls.read(String(toolUseId ?? ""), String(name ?? ""), text, cutOff) }];
  }
  if (isRecord(block.reasoningContent)) return reasoningEvents(block.reasoningContent);
  return [];
}

function reasoningEvents(content: Readonly<Record<string, unknown>>): readonly ModelEvent[] {
  if (typeof content.redactedContent === "string")
    return [{ type: "reasoning", text: "", redacted: content.redactedContent }];
  const { text, signature } = isRecord(content.reasoningText) ? content.reasoningText : {};
  const spoken = typeof text === "string" ? text : "";
  if (typeof signature === "string") return [{ type: "reasoning", text: spoken, signature }];
  return spoken === "" ? [] : [{ type: "reasoning", text: spoken }];
}

/** A line, or a few words, at a time: joined again they are the text, character for character. */
export function deltasOf(text: string): readonly string[] {
  return text.match(/[^\n]{1,40}(?:\s|$)|\n|[^\n]{1,40}/gu) ?? [];
}
