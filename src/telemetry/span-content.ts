/**
 * The content of messages in spans, as JSON. Each text is shortened, and bytes of attachments are left out.
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-input-messages.json
 */
import type { Message, ModelStopReason, ToolCall, ToolDefinition } from "../chat/types.ts";

/** Characters of one text, so that a span stays below the limits of collectors. */
const MAX_TEXT = 20_000;

/** What a model has replied so far. */
export interface CollectedReply {
  text: string;
  readonly calls: ToolCall[];
}

export function writeJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "bigint") return String(part);
    return typeof part === "string" && part.length > MAX_TEXT ? `${part.slice(0, MAX_TEXT)}…` : part;
  });
}

export function describeInput(messages: readonly Message[]): string {
  return writeJson(messages.map(describeMessage));
}

function describeMessage(message: Message) {
  switch (message.role) {
    case "user":
      return { role: "user", parts: [textPart(message.text)] };
    case "results":
      return {
        role: "tool",
        parts: message.results.map(({ callId, content }) => ({
          type: "tool_call_response",
          id: callId,
          response: content,
        })),
      };
    case "assistant":
      return {
        role: "assistant",
        parts: message.parts.map((part) => {
          if (part.type === "call") return callPart(part.call);
          return part.type === "text" ? textPart(part.text) : { type: "reasoning", content: part.text };
        }),
      };
  }
}

export function describeOutput(
  { text, calls }: CollectedReply,
  stopReason: ModelStopReason | undefined,
): string {
  const parts = [...(text === "" ? [] : [textPart(text)]), ...calls.map(callPart)];
  return writeJson([{ role: "assistant", parts, finish_reason: finishReason(stopReason) }]);
}

export function describeTools(tools: readonly ToolDefinition[]): string {
  return writeJson(
    tools.map(({ name, description, inputSchema }) => ({
      type: "function",
      name,
      description,
      parameters: inputSchema,
    })),
  );
}

function textPart(content: string) {
  return { type: "text", content };
}

function callPart({ id, name, arguments: args }: ToolCall) {
  return { type: "tool_call", id, name, arguments: args };
}

function finishReason(reason: ModelStopReason | undefined): string {
  switch (reason) {
    case undefined:
    case "malformed":
      return "error";
    case "max_tokens":
    case "context_exceeded":
      return "length";
    case "tool_use":
      return "tool_call";
    case "guardrail":
    case "content_filtered":
      return "content_filter";
    default:
      return "stop";
  }
}
