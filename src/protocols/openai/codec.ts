/**
 * The OpenAI wire, chat completions: requests → what the engine takes, events → chunks. Pure.
 * https://platform.openai.com/docs/api-reference/chat
 */
import { z } from "zod";
import type { ChatEvent, StopReason, ToolCall, ToolDefinition, Usage } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import type { FileContent } from "../../tools/types.ts";
import type { ClientMessage, StatelessRequest } from "../../turns/stateless-request.ts";
import { encodeCallFrame, encodeResultFrame, type HistoryContext } from "../shared/call-frames.ts";
import { decodeBase64File, decodeDataUrl } from "../shared/data-url.ts";
import { decodeCall } from "../shared/decode-call.ts";

const text = z.object({ type: z.literal("text"), text: z.string() });
const contentPart = z.discriminatedUnion("type", [
  text,
  z.object({ type: z.literal("refusal"), refusal: z.string() }),
  z.object({ type: z.literal("image_url"), image_url: z.object({ url: z.string() }) }),
  z.object({
    type: z.literal("file"),
    file: z.object({ file_data: z.string(), filename: z.string().optional() }),
  }),
  z.object({
    type: z.literal("input_audio"),
    input_audio: z.object({ data: z.base64(), format: z.string().regex(/^\w+$/) }),
  }),
]);
type ContentPart = z.output<typeof contentPart>;
const content = z.union([z.string(), z.array(contentPart)]);

const toolCall = z.object({
  id: z.string(),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const message = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer"]), content }),
  z.object({ role: z.literal("user"), content }),
  z.object({
    role: z.literal("assistant"),
    content: content.nullish(),
    tool_calls: z.array(toolCall).nullish(),
  }),
  z.object({ role: z.literal("tool"), tool_call_id: z.string(), content }),
]);

const tool = z.object({
  type: z.literal("function"),
  function: z.object({
    name: z.string().regex(/^[\w-]{1,64}$/, "1 to 64 letters, digits, _ and -"),
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
});

/** What is not named here is ignored. */
export const CompletionRequest = z.object({
  model: z.string(),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z.unknown().optional(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(4)]).nullish(),
  n: z.literal(1, "only one answer a request").nullish(),
  response_format: z.object({ type: z.literal("text", "only text") }).nullish(),
});
export type CompletionRequest = z.output<typeof CompletionRequest>;

/** @throws AppError `bad_request`: a file is no data: URL. */
export function decodeCompletion(request: CompletionRequest): StatelessRequest {
  const { messages, tools, stop, temperature } = request;
  const noTools = request.tool_choice === "none";
  const instructions = messages.flatMap((message) =>
    message.role === "system" || message.role === "developer" ? [textOf(message.content)] : [],
  );
  return {
    messages: addMissingResults(messages.flatMap(decodeMessage)),
    instructions,
    // Switched off altogether when the client wants no calls.
    tools: noTools ? [] : tools && tools.length > 0 ? tools.map(decodeTool) : undefined,
    model: request.model,
    // Bedrock takes no more.
    temperature: temperature === null || temperature === undefined ? undefined : Math.min(temperature, 1),
    topP: request.top_p ?? undefined,
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? undefined,
    stopSequences: stop === null || stop === undefined ? undefined : [stop].flat(),
  };
}

function decodeMessage(message: CompletionRequest["messages"][number]): readonly ClientMessage[] {
  switch (message.role) {
    case "system":
    case "developer":
      return [];
    case "user":
      return [{ role: "user", text: textOf(message.content), files: filesOf(message.content) }];
    case "assistant": {
      const calls = (message.tool_calls ?? []).map(decodeCall);
      return [{ role: "assistant", text: textOf(message.content ?? ""), calls }];
    }
    case "tool":
      return [
        { role: "result", callId: message.tool_call_id, content: textOf(message.content), status: "ok" },
      ];
  }
}

/** Those the last calls still wait for failed: nothing else will come. */
function addMissingResults(messages: readonly ClientMessage[]): readonly ClientMessage[] {
  const index = messages.findLastIndex(({ role }) => role !== "result");
  const assistantMessage = messages[index];
  if (assistantMessage?.role !== "assistant" || index === messages.length - 1) return messages;
  const answeredIds = messages.slice(index + 1).flatMap((one) => (one.role === "result" ? [one.callId] : []));
  const missing = assistantMessage.calls.filter(({ id }) => !answeredIds.includes(id));
  return [
    ...messages,
    ...missing.map(
      ({ id }): ClientMessage => ({ role: "result", callId: id, content: MISSING_RESULT, status: "failed" }),
    ),
  ];
}

const MISSING_RESULT = "The client sent no result of this call.";

function textOf(content: string | readonly ContentPart[]): string {
  if (typeof content === "string") return content;
  return content
    .flatMap((part) => (part.type === "text" ? [part.text] : part.type === "refusal" ? [part.refusal] : []))
    .join("\n");
}

function filesOf(content: string | readonly ContentPart[]): readonly FileContent[] {
  if (typeof content === "string") return [];
  return content.flatMap((part) => {
    if (part.type === "image_url") return [decodeDataUrl(part.image_url.url, "image")];
    if (part.type === "file") return [decodeDataUrl(part.file.file_data, "file", part.file.filename)];
    if (part.type === "input_audio")
      return [decodeBase64File(part.input_audio.data, `audio/${part.input_audio.format}`, "audio")];
    return [];
  });
}

function decodeTool({ function: { name, description, parameters } }: z.output<typeof tool>): ToolDefinition {
  return {
    name,
    description: description ?? "",
    inputSchema: { ...(parameters ?? { properties: {} }), type: "object" },
  };
}

/** The same for every chunk of an answer. */
export interface CompletionContext {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly includeUsage: boolean;
  /** The calls are the client's to carry out. */
  readonly clientRunsTools: boolean;
  readonly historyContext: HistoryContext;
}

/** The first chunk: there is an answer now. */
export function encodeFirstChunk(frame: CompletionContext): object {
  return createChunk(frame, { role: "assistant", content: "" });
}

export function encodeChunks(event: ChatEvent, frame: CompletionContext): readonly object[] {
  switch (event.type) {
    case "text_delta":
      return [createChunk(frame, { content: event.text })];
    case "reasoning_delta":
      return [createChunk(frame, { reasoning_content: event.text })];
    case "turn_started":
    case "call_started":
    case "call_ended":
    case "notice":
      return encodeExtensions(event, frame).map((specchat) => ({ ...createChunk(frame, {}), specchat }));
    case "turn_waiting":
      return [
        createChunk(frame, {
          tool_calls: event.turn.approval.calls.map(({ call }, index) => ({ index, ...encodeCall(call) })),
        }),
      ];
    case "turn_ended": {
      const { end } = event;
      if (end.outcome === "failed") return [encodeOpenaiError(end.error)];
      const last = createChunk(frame, {}, FINISH_REASONS[end.stopReason]);
      if (!frame.includeUsage) return [last];
      return [last, { ...chunkFields(frame), choices: [], usage: usageOf(end.usage) }];
    }
  }
}

/** What happens beside the answer, in the native protocol's words. Never `tool_calls`: the client would carry them out again. */
function encodeExtensions(
  event: ChatEvent,
  { clientRunsTools, historyContext }: CompletionContext,
): readonly object[] {
  if (event.type === "notice") return [event];
  if (clientRunsTools) return [];
  if (event.type === "call_started")
    return [{ type: "tool_call", ...encodeCallFrame(event.call, historyContext.operation) }];
  if (event.type === "call_ended")
    return [{ type: "tool_result", ...encodeResultFrame(event.result, historyContext.fileUrl) }];
  return [];
}

/** A whole answer. @throws AppError that ended the turn. */
export function encodeCompletion(events: readonly ChatEvent[], frame: CompletionContext): object {
  const end = events.flatMap((event) => (event.type === "turn_ended" ? [event.end] : [])).at(-1);
  if (!end) throw new Error("a turn without an end");
  if (end.outcome === "failed") throw end.error;
  const reasoning = events.map((event) => (event.type === "reasoning_delta" ? event.text : "")).join("");
  const calls = events.flatMap((event) => (event.type === "turn_waiting" ? event.turn.approval.calls : []));
  const specchat = events.flatMap((event) => encodeExtensions(event, frame));
  return {
    ...chunkFields(frame),
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

function createChunk(frame: CompletionContext, delta: object, finish: string | null = null) {
  return {
    ...chunkFields(frame),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(frame.includeUsage && { usage: null }),
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

/** Models that a client may name, as they are listed. */
export function encodeModel(id: string): object {
  return { id, object: "model", created: 0, owned_by: "specchat" };
}

export function modelNotFound(model: string): AppError {
  return new AppError("not_found", `The model ${JSON.stringify(model)} is not offered here.`);
}

/** An error object: https://platform.openai.com/docs/guides/error-codes */
export function encodeOpenaiError(error: AppError): object {
  const { code, message } = error;
  const status = openaiStatus(error);
  return {
    error: {
      message,
      type: ERROR_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "server_error"),
      param: code === "not_found" ? "model" : null,
      code:
        code === "not_found"
          ? "model_not_found"
          : code === "context_exceeded"
            ? "context_length_exceeded"
            : code,
    },
  };
}

/** As there: a conversation that is too long is a bad request. */
export function openaiStatus({ code, status }: AppError): number {
  return code === "context_exceeded" ? 400 : status;
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  429: "rate_limit_error",
};
