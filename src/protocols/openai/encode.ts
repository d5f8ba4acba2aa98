/** Encodes events as replies of the openai protocol, complete or in chunks. Pure. https://platform.openai.com/docs/api-reference/chat */
import type { ChatEvent, StopReason, ToolCall, Usage } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { encodeCallFrame, encodeResultFrame, type HistoryContext } from "../shared/call-frames.ts";
import { encodeOpenaiError } from "./errors.ts";

/** The fields and options that all chunks of a reply share. */
export interface CompletionContext {
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  readonly model: string;
  readonly includeUsage: boolean;
  /** Returns whether the client runs the calls of a tool. */
  readonly isClientTool: (name: string) => boolean;
  readonly historyContext: HistoryContext;
}

/** Encodes the first chunk, sent before the model replies. */
export function encodeFirstChunk(context: CompletionContext): object {
  return createChunk(context, { role: "assistant", content: "" });
}

export function encodeChunks(event: ChatEvent, context: CompletionContext): readonly object[] {
  switch (event.type) {
    case "text_delta":
      return [createChunk(context, { content: event.text })];
    case "reasoning_delta":
      return [createChunk(context, { reasoning_content: event.text })];
    case "turn_started":
    case "call_started":
    case "call_ended":
    case "notice":
      return encodeExtensions(event, context).map((specchat) => ({ ...createChunk(context, {}), specchat }));
    case "turn_waiting":
      return [
        createChunk(context, {
          tool_calls: event.turn.approval.calls.map(({ call }, index) => ({ index, ...encodeCall(call) })),
        }),
      ];
    case "turn_ended": {
      const { end } = event;
      if (end.outcome === "failed") return [encodeOpenaiError(end.error)];
      const last = createChunk(context, {}, FINISH_REASONS[end.stopReason]);
      if (!context.includeUsage) return [last];
      return [last, { ...chunkFields(context), choices: [], usage: usageOf(end.usage) }];
    }
  }
}

/** Encodes our own calls and notices as frames of the native protocol. They are not `tool_calls`, which the client would run again. */
function encodeExtensions(
  event: ChatEvent,
  { isClientTool, historyContext }: CompletionContext,
): readonly object[] {
  if (event.type === "notice") return [event];
  if (event.type === "call_started" && !isClientTool(event.call.name))
    return [{ type: "tool_call", ...encodeCallFrame(event.call, historyContext.operation) }];
  if (event.type === "call_ended")
    return [{ type: "tool_result", ...encodeResultFrame(event.result, historyContext.fileUrl) }];
  return [];
}

/** Encodes a non-streaming reply. @throws AppError that ended the turn. */
export function encodeCompletion(events: readonly ChatEvent[], context: CompletionContext): object {
  const end = events.flatMap((event) => (event.type === "turn_ended" ? [event.end] : [])).at(-1);
  if (!end) throw new Error("the turn has no end");
  if (end.outcome === "failed") throw end.error;
  const reasoning = events.map((event) => (event.type === "reasoning_delta" ? event.text : "")).join("");
  const calls = events.flatMap((event) => (event.type === "turn_waiting" ? event.turn.approval.calls : []));
  const specchat = events.flatMap((event) => encodeExtensions(event, context));
  return {
    ...chunkFields(context),
    object: "chat.completion",
    model: end.model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: end.text === "" && calls.length > 0 ? null : end.text,
          refusal: null,
          ...(reasoning !== "" && { reasoning_content: reasoning }),
          ...(calls.length > 0 && { tool_calls: calls.map(({ call }) => encodeCall(call)) }),
        },
        logprobs: null,
        finish_reason: FINISH_REASONS[end.stopReason],
      },
    ],
    usage: usageOf(end.usage),
    ...(specchat.length > 0 && { specchat }),
  };
}

const FINISH_REASONS: Readonly<Record<StopReason, string>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  stopped: "stop",
  tool_limit: "stop",
  max_tokens: "length",
  context_exceeded: "length",
  guardrail: "content_filter",
  content_filtered: "content_filter",
  handed_over: "tool_calls",
};

function createChunk(context: CompletionContext, delta: object, finish: string | null = null) {
  return {
    ...chunkFields(context),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(context.includeUsage && { usage: null }),
  };
}

function chunkFields({ id, created, model }: CompletionContext) {
  return { id, object: "chat.completion.chunk", created, model };
}

function encodeCall({ id, name, arguments: values, malformed }: ToolCall) {
  return { id, type: "function", function: { name, arguments: malformed ?? stringifyJson(values) } };
}

function usageOf({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: Usage) {
  const prompt = inputTokens + cacheReadTokens + cacheWriteTokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: outputTokens,
    total_tokens: prompt + outputTokens,
    prompt_tokens_details: { cached_tokens: cacheReadTokens },
  };
}
