/**
 * AG-UI, the Agent User Interaction Protocol, 1.0: a run's input → what the engine takes, events → its events. Pure.
 * https://docs.ag-ui.com/spec/1.0
 */
import { z } from "zod";
import type {
  ChatEvent,
  Decision,
  ModelUsage,
  PendingCall,
  ToolDefinition,
  TurnId,
} from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import type { FileContent } from "../../tools/types.ts";
import type { ClientMessage, StatelessRequest } from "../../turns/stateless-request.ts";
import { decodeBase64File, decodeDataUrl } from "../shared/data-url.ts";
import { decodeCall } from "../shared/decode-call.ts";

const source = z.discriminatedUnion("type", [
  z.object({ type: z.literal("data"), value: z.base64(), mimeType: z.string() }),
  z.object({ type: z.literal("url"), value: z.string() }),
]);
const contentPart = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.enum(["image", "audio", "video", "document"]), source }),
]);
type ContentPart = z.output<typeof contentPart>;
const content = z.union([z.string(), z.array(contentPart)]);

const toolCall = z.object({
  id: z.string(),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const message = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer"]), content: z.string() }),
  z.object({ role: z.literal("user"), content }),
  z.object({
    role: z.literal("assistant"),
    content: content.nullish(),
    toolCalls: z.array(toolCall).nullish(),
  }),
  z.object({
    role: z.literal("tool"),
    toolCallId: z.string(),
    content,
    error: z.string().nullish(),
  }),
  z.object({ role: z.enum(["reasoning", "activity"]) }),
]);
type RunMessage = z.output<typeof message>;

const decisionPayload = z.object({ approved: z.boolean(), reason: z.string().max(10_000).optional() });
const resume = z.object({
  interruptId: z.string(),
  status: z.enum(["resolved", "cancelled"]),
  payload: z.unknown().optional(),
});

/** What is not named here is ignored: there is no state of ours. */
export const RunInput = z.object({
  threadId: z.string(),
  runId: z.string(),
  messages: z.array(message).min(1),
  tools: z
    .array(
      z.object({
        name: z.string().regex(/^[\w-]{1,64}$/, "1 to 64 letters, digits, _ and -"),
        description: z.string().default(""),
        parameters: z.unknown().optional(),
      }),
    )
    .nullish(),
  context: z.array(z.object({ description: z.string(), value: z.string() })).nullish(),
  resume: z.array(resume).nullish(),
  forwardedProps: z.unknown().optional(),
});
export type RunInput = z.output<typeof RunInput>;

/** @throws AppError `bad_request` or `approval_not_found` */
export function decodeRun({ messages, tools, context, resume, forwardedProps }: RunInput): StatelessRequest {
  const clientMessages = messages.flatMap(decodeMessage);
  const model = z.object({ model: z.string() }).safeParse(forwardedProps).data?.model;
  const systemMessages = messages.flatMap((message) =>
    message.role === "system" || message.role === "developer" ? [message.content] : [],
  );
  return {
    messages: clientMessages,
    instructions: [
      ...systemMessages,
      ...(context ?? []).map(({ description, value }) => `${description}:\n${value}`),
    ],
    tools: tools && tools.length > 0 ? tools.map(decodeTool) : undefined,
    model,
    ...(resume && resume.length > 0 && { decisions: decodeDecisions(resume, clientMessages) }),
  };
}

function decodeMessage(message: RunMessage): readonly ClientMessage[] {
  switch (message.role) {
    case "user":
      return [{ role: "user", text: textOf(message.content), files: filesOf(message.content) }];
    case "assistant": {
      const calls = (message.toolCalls ?? []).map(decodeCall);
      return [{ role: "assistant", text: textOf(message.content ?? ""), calls }];
    }
    case "tool": {
      const { toolCallId: callId, error } = message;
      const content = textOf(message.content);
      return [{ role: "result", callId, content: content || (error ?? ""), status: error ? "failed" : "ok" }];
    }
    default:
      return [];
  }
}

function textOf(content: string | readonly ContentPart[]): string {
  if (typeof content === "string") return content;
  return content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

function filesOf(content: string | readonly ContentPart[]): readonly FileContent[] {
  if (typeof content === "string") return [];
  return content.flatMap((part) => {
    if (part.type === "text") return [];
    const { source, type } = part;
    return [
      source.type === "data"
        ? decodeBase64File(source.value, source.mimeType, type)
        : decodeDataUrl(source.value, type),
    ];
  });
}

function decodeTool({
  name,
  description,
  parameters,
}: NonNullable<RunInput["tools"]>[number]): ToolDefinition {
  const schema = typeof parameters === "object" && parameters !== null ? parameters : { properties: {} };
  return { name, description, inputSchema: { ...schema, type: "object" } };
}

/** Every open call has its answer, and nothing else has: the protocol knows no other resume. */
function decodeDecisions(
  resume: NonNullable<RunInput["resume"]>,
  messages: readonly ClientMessage[],
): readonly Decision[] {
  const assistantMessage = messages.findLast(({ role }) => role === "assistant");
  const answeredIds = messages.flatMap((message) => (message.role === "result" ? [message.callId] : []));
  const calls = assistantMessage?.role === "assistant" ? assistantMessage.calls : [];
  const open = calls.map(({ id }) => id).filter((id) => !answeredIds.includes(id));
  const isComplete =
    open.length === resume.length && open.every((id) => resume.some(({ interruptId }) => interruptId === id));
  if (!isComplete)
    throw new AppError(
      "approval_not_found",
      "resume: it does not answer the calls that are open, each once.",
    );
  return resume.map(({ interruptId: callId, status, payload }) => {
    if (status === "cancelled") return { callId, outcome: "refused" };
    const read = decisionPayload.safeParse(typeof payload === "boolean" ? { approved: payload } : payload);
    if (!read.success)
      throw new AppError(
        "bad_request",
        `resume: the payload for ${callId} is no {"approved": true or false}.`,
      );
    const { approved, reason } = read.data;
    return { callId, outcome: approved ? "approved" : "refused", ...(reason && { reason }) };
  });
}

export interface RunContext {
  readonly threadId: string;
  readonly runId: string;
  /** The calls are the client's to carry out. */
  readonly clientRunsTools: boolean;
  /** Where a file is fetched. */
  fileUrl(id: string): string;
}

type RunEvent = { readonly type: string; readonly [field: string]: unknown };

export function encodeRunStarted({ threadId, runId }: RunContext): RunEvent {
  return { type: "RUN_STARTED", threadId, runId, protocolVersion: "1.0" };
}

export function encodeRunError({ code, message }: AppError, spent: readonly ModelUsage[] = []): RunEvent {
  return { type: "RUN_ERROR", message, code, ...(spent.length > 0 && { usage: spent.map(encodeUsage) }) };
}

/** The events of one run, event by event: messages that are open are ended before anything else begins. */
export function createRunEncoder(
  frame: RunContext,
): (event: ChatEvent, turnId: TurnId) => readonly RunEvent[] {
  const { threadId, runId } = frame;
  let round = 0;
  let messages = 0;
  let open: { readonly kind: "text" | "reasoning"; readonly messageId: string } | undefined;
  /** The round's, which its calls belong to. */
  let parentMessageId: string | undefined;
  let pendingCalls: readonly PendingCall[] = [];

  function newMessage(turnId: TurnId): string {
    messages += 1;
    return `${turnId}-${messages}`;
  }

  function close(): readonly RunEvent[] {
    if (!open) return [];
    const { kind, messageId } = open;
    open = undefined;
    if (kind === "text") return [{ type: "TEXT_MESSAGE_END", messageId }];
    return [
      { type: "REASONING_MESSAGE_END", messageId },
      { type: "REASONING_END", messageId },
    ];
  }

  function enterRound(event: { readonly round: number }): readonly RunEvent[] {
    if (event.round === round) return [];
    round = event.round;
    parentMessageId = undefined;
    return close();
  }

  function text(delta: string, turnId: TurnId): readonly RunEvent[] {
    if (open?.kind === "text") return [{ type: "TEXT_MESSAGE_CONTENT", messageId: open.messageId, delta }];
    // The blank line between two rounds is for those who show a turn as one text.
    if (delta.trim() === "") return [];
    const closed = close();
    const messageId = newMessage(turnId);
    open = { kind: "text", messageId };
    parentMessageId = messageId;
    return [
      ...closed,
      { type: "TEXT_MESSAGE_START", messageId, role: "assistant" },
      { type: "TEXT_MESSAGE_CONTENT", messageId, delta },
    ];
  }

  function reasoning(delta: string, turnId: TurnId): readonly RunEvent[] {
    if (open?.kind === "reasoning")
      return [{ type: "REASONING_MESSAGE_CONTENT", messageId: open.messageId, delta }];
    const closed = close();
    const messageId = newMessage(turnId);
    open = { kind: "reasoning", messageId };
    return [
      ...closed,
      { type: "REASONING_START", messageId },
      { type: "REASONING_MESSAGE_START", messageId, role: "reasoning" },
      { type: "REASONING_MESSAGE_CONTENT", messageId, delta },
    ];
  }

  return (event, turnId) => {
    switch (event.type) {
      case "turn_started":
        return [];
      case "text_delta":
        return [...enterRound(event), ...text(event.text, turnId)];
      case "reasoning_delta":
        return [...enterRound(event), ...reasoning(event.text, turnId)];
      case "call_started": {
        const ended = [...enterRound(event), ...close()];
        parentMessageId ??= newMessage(turnId);
        const { id: toolCallId, name: toolCallName, arguments: values, malformed } = event.call;
        return [
          ...ended,
          { type: "TOOL_CALL_START", toolCallId, toolCallName, parentMessageId },
          { type: "TOOL_CALL_ARGS", toolCallId, delta: malformed ?? stringifyJson(values) },
          { type: "TOOL_CALL_END", toolCallId },
        ];
      }
      case "call_ended": {
        const { callId: toolCallId, content, file } = event.result;
        // As the model has seen it: the next run brings it back.
        const result = {
          type: "TOOL_CALL_RESULT",
          messageId: newMessage(turnId),
          toolCallId,
          content,
          role: "tool",
        };
        if (!file) return [...close(), result];
        const { id, name, mediaType, size } = file;
        const value = { toolCallId, name, mediaType, size, url: frame.fileUrl(id) };
        return [...close(), result, { type: "CUSTOM", name: "file", value }];
      }
      case "notice":
        return [{ type: "CUSTOM", name: "notice", value: { code: event.code, message: event.message } }];
      case "turn_waiting":
        pendingCalls = event.turn.approval.calls;
        return [];
      case "turn_ended": {
        const { end } = event;
        if (end.outcome === "failed") return [...close(), encodeRunError(end.error, end.spent)];
        const outcome =
          end.stopReason === "stopped"
            ? { type: "cancelled" }
            : encodeOutcome(pendingCalls, frame.clientRunsTools);
        const usage = end.spent.map(encodeUsage);
        const result = { model: end.model, stopReason: end.stopReason };
        return [...close(), { type: "RUN_FINISHED", threadId, runId, result, outcome, usage }];
      }
    }
  };
}

function encodeOutcome(pendingCalls: readonly PendingCall[], clientRunsTools: boolean): object {
  if (pendingCalls.length === 0) return { type: "success" };
  if (clientRunsTools)
    return { type: "success", pendingToolCallIds: pendingCalls.map(({ call }) => call.id) };
  return { type: "interrupt", interrupts: pendingCalls.map(encodeInterrupt) };
}

function encodeInterrupt({ call, preview: request }: PendingCall): object {
  return {
    id: call.id,
    reason: "tool_call",
    toolCallId: call.id,
    message: request ? `${request.method} ${request.url}` : call.name,
    responseSchema: RESPONSE_SCHEMA,
    ...(request && { metadata: { request } }),
  };
}

const RESPONSE_SCHEMA = {
  type: "object",
  properties: {
    approved: { type: "boolean" },
    reason: { type: "string", description: "Why not, for the model." },
  },
  required: ["approved"],
};

function encodeUsage({ model, usage }: ModelUsage): object {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const input = inputTokens + cacheReadTokens + cacheWriteTokens;
  return {
    model,
    inputTokens: input,
    outputTokens,
    totalTokens: input + outputTokens,
    cachedInputTokens: cacheReadTokens,
    cacheWriteInputTokens: cacheWriteTokens,
  };
}
