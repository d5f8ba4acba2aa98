/** Decodes client frames and encodes events of the native protocol. Pure. `src/protocols/native/PROTOCOL.md` */
import { z } from "zod";
import type { Approval, ChatEvent, ModelUsage, TurnId, Usage } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import { parseJson, stringifyJson } from "../../json.ts";
import {
  encodeCallFrame,
  encodeResultFrame,
  encodeShortCall,
  encodeShortResult,
  type HistoryContext,
} from "../shared/call-frames.ts";
import { clientBase64, clientList, describeProblem, parseClientJson } from "../shared/client-json.ts";
import type { ClientText } from "../shared/long-json.ts";
import {
  type ApprovalFrame,
  type ClientFrame,
  type ContextFrame,
  type ErrorFrame,
  MAX_ATTACHMENTS,
  type ServerFrame,
  type UsageFrame,
} from "./types.ts";

const MAX_CAPABILITIES = 100;
/** The calls of one approval. */
const MAX_CALLS = 1000;

const attachment = z.object({
  name: z.string().min(1).max(255),
  media_type: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/, "must be a media type such as image/png"),
  data: clientBase64(),
});

const message = z.object({
  type: z.literal("message"),
  message: z.string(),
  // Older clients number their frames. Such a number is no id of a message.
  id: z
    .union([z.string().min(1).max(200), z.number(), z.null()])
    .optional()
    .transform((id) => (typeof id === "string" ? id : undefined)),
  model: z.string().optional(),
  attachments: clientList(attachment, MAX_ATTACHMENTS).optional(),
});

/** Messages of a page of the history. */
const pageLimit = z.number().int().min(1).max(1000).optional();

const clientFrame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hello"), capabilities: clientList(z.string(), MAX_CAPABILITIES).default([]) }),
  message,
  z.object({ type: z.literal("stop") }),
  z.object({
    type: z.literal("approve"),
    approval_id: z.string(),
    approved: z.boolean(),
    scope: z.enum(["once", "session"]).default("once"),
    tool_call_ids: clientList(z.string(), MAX_CALLS).optional(),
    reason: z.string().max(10_000).optional(),
  }),
  z.object({
    type: z.literal("edit"),
    approval_id: z.string(),
    tool_call_id: z.string(),
    arguments: z.record(z.string(), z.unknown()),
  }),
  z.object({
    type: z.literal("resume"),
    session_id: z.string(),
    last_seq: z.number().int().min(0),
    snapshot: z.boolean().optional(),
    limit: pageLimit,
  }),
  z.object({ type: z.literal("auth"), api: z.string().default(""), scheme: z.string(), value: z.unknown() }),
  z.object({ type: z.literal("logout") }),
  z.object({
    type: z.literal("history"),
    before: z.number().int().min(0).optional(),
    limit: pageLimit,
  }),
  z.object({ type: z.literal("clear") }),
  z.object({ type: z.literal("ping") }),
]);

const TYPES = new Set(clientFrame.options.map((option) => option.shape.type.value));

/** @throws AppError `bad_frame` that names the field, or `unknown_type`. */
export function decodeFrame(text: ClientText | undefined): ClientFrame {
  if (text === undefined) throw new AppError("bad_frame", "Frames are text; this one was binary.");
  const frame = parse(text);
  const { type } = frame;
  const isKnown = typeof type === "string" && (TYPES as Set<string>).has(type);
  // Clients of auto-bedrock-chat send any type, or none, with a message.
  if (!isKnown && "message" in frame) return validateFrame(message, { ...frame, type: "message" });
  if (typeof type !== "string") throw new AppError("bad_frame", 'A frame needs a "type" or a "message".');
  if (!isKnown) {
    throw new AppError(
      "unknown_type",
      `Unknown type ${JSON.stringify(type.slice(0, 60))}; known are ${[...TYPES].join(", ")}.`,
    );
  }
  return validateFrame(clientFrame, type === "edit" ? parse(text, parseJson) : frame);
}

/** @param read keeps integers beyond 2^53 in arguments. The numbers of other frames are small. */
function parse(text: ClientText, read: (text: string) => unknown = JSON.parse): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseClientJson(text, "bad_frame", read);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("bad_frame", "The frame is not valid JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new AppError("bad_frame", "A frame is a JSON object.");
  }
  return value as Record<string, unknown>;
}

function validateFrame<Schema extends z.ZodType>(schema: Schema, frame: unknown): z.output<Schema> {
  const read = schema.safeParse(frame);
  if (read.success) return read.data;
  const [, field, problem] = /^(.*?): (.*)$/s.exec(describeProblem(read.error)) ?? [];
  throw new AppError("bad_frame", `"${field}": ${problem}.`);
}

/** The position of an event in the event log. */
export interface EventPosition {
  readonly seq: number;
  readonly turnId: TurnId;
}

/** The context of the encoder, created once per connection. Deltas use none of it. */
export interface EncodeContext extends HistoryContext {
  /** Returns USD, or null when the price of a model is unknown. */
  cost(spent: readonly ModelUsage[]): number | null;
  contextOf(model: string, usage: Usage): ContextFrame;
  /** Returns the cost of the session in USD, including the current turn. */
  sessionCost(): number | null;
}

export function encodeEvent(
  event: ChatEvent,
  { seq, turnId }: EventPosition,
  context: EncodeContext,
): ServerFrame {
  const position = { seq, turn_id: turnId };
  switch (event.type) {
    case "turn_started":
      return {
        type: "typing",
        ...position,
        message: "AI is thinking...",
        message_id: event.question.id,
      };
    case "text_delta":
      return { type: "text_delta", ...position, text: event.text };
    case "reasoning_delta":
      return { type: "reasoning_delta", ...position, text: event.text };
    case "call_started":
      return { type: "tool_call", ...position, ...encodeCallFrame(event.call, context.operation) };
    case "call_ended":
      return { type: "tool_result", ...position, ...encodeResultFrame(event.result, context.fileUrl) };
    case "turn_waiting":
      return {
        type: "approval_request",
        ...position,
        ...encodeApprovalFrame(event.turn.approval, context.operation),
      };
    case "notice":
      return { type: "notice", code: event.code, message: event.message };
    case "turn_ended": {
      const { end } = event;
      if (end.outcome === "failed") return { ...position, ...encodeError(end.error) };
      return {
        type: "ai_response",
        ...position,
        message: end.text,
        tool_calls: end.calls.map(encodeShortCall),
        tool_results: end.results.map((result) => encodeShortResult(result, context.fileUrl)),
        timestamp: end.endedAt,
        stop_reason: end.stopReason,
        usage: encodeUsageFrame(end.usage),
        cost_usd: context.cost(end.spent),
        session_cost_usd: context.sessionCost(),
        model: end.model,
        ...(end.lastUsage && { context: context.contextOf(end.model, end.lastUsage) }),
      };
    }
  }
}

/** Serialises a frame. Only call arguments may hold integers beyond 2^53, so that all other frames take the faster `JSON.stringify`. */
export function serializeFrame(frame: ServerFrame): string {
  const hasArguments = !FRAMES_WITHOUT_ARGUMENTS.has(frame.type) || "sent_arguments" in frame;
  return hasArguments ? stringifyJson(frame) : JSON.stringify(frame);
}

const FRAMES_WITHOUT_ARGUMENTS: ReadonlySet<ServerFrame["type"]> = new Set([
  "text_delta",
  "reasoning_delta",
  "tool_result",
  "typing",
  "notice",
  "error",
  "pong",
]);

export function encodeError(error: AppError): ErrorFrame {
  return {
    type: "error",
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    ...(error.retryAfterMs !== undefined && { retry_after_ms: error.retryAfterMs }),
  };
}

export function encodeApprovalFrame(
  { id, calls, expiresAt }: Approval,
  operation: EncodeContext["operation"],
): ApprovalFrame {
  return {
    approval_id: id,
    tool_calls: calls.map(({ call, preview, isEdited }) => ({
      ...encodeCallFrame(call, operation),
      ...(preview && { request: preview }),
      ...(isEdited && { edited: isEdited }),
    })),
    expires_at: expiresAt,
  };
}

export function encodeUsageFrame(usage: Usage): UsageFrame {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens,
    cache_read_tokens: cacheReadTokens,
    cache_write_tokens: cacheWriteTokens,
  };
}
