/** The UI message stream of the Vercel AI SDK, version 1: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol. Pure. */
import { z } from "zod";
import type {
  ChatEvent,
  ModelUsage,
  SessionId,
  StopReason,
  TurnEnd,
  TurnId,
  Usage,
} from "../../chat/types.ts";

export const AI_SDK_HEADERS = { "x-vercel-ai-ui-message-stream": "v1" };
/** Data of the last event. */
export const AI_SDK_DONE = "[DONE]";

const part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  /** Of a file. */
  mediaType: z.string().optional(),
  filename: z.string().optional(),
  url: z.string().optional(),
  /** Of a call. */
  state: z.string().optional(),
  approval: z
    .looseObject({ id: z.string(), approved: z.boolean().optional(), reason: z.string().optional() })
    .optional(),
});

/** What the client sends; of its messages the newest one counts, the others are ours already. */
export const aiSdkRequest = z.looseObject({
  id: z.string().min(1).max(200),
  messages: z
    .array(
      z.looseObject({ id: z.string(), role: z.enum(["system", "user", "assistant"]), parts: z.array(part) }),
    )
    .min(1),
  model: z.string().optional(),
});
export type AiSdkRequest = z.output<typeof aiSdkRequest>;

export interface AiSdkUserMessage {
  readonly type: "question";
  readonly message: string;
  readonly attachments: readonly {
    readonly name: string;
    readonly mediaType: string;
    readonly bytes: Uint8Array;
  }[];
}

export interface AiSdkDecisions {
  readonly type: "answers";
  readonly decisions: readonly AiSdkDecision[];
}

/** To one call that waits. */
export interface AiSdkDecision {
  readonly approvalId: string;
  readonly callId: string;
  readonly approved: boolean;
  readonly reason?: string | undefined;
}

/** The newest message: what a person asks, or answers about calls. A text: what is wrong with it. */
export function decodeAiSdk({ messages }: AiSdkRequest): AiSdkUserMessage | AiSdkDecisions | string {
  const newest = messages.at(-1);
  if (newest?.role === "user") {
    const files = newest.parts.filter(({ type }) => type === "file");
    const attachments = files.flatMap((file) => decodeAttachment(file) ?? []);
    if (attachments.length < files.length) return "Files are taken as data: URLs alone.";
    const message = newest.parts
      .flatMap(({ type, text }) => (type === "text" && text ? [text] : []))
      .join("\n");
    if (message.trim() === "" && files.length === 0) return "The newest message is empty.";
    return { type: "question", message, attachments };
  }
  const decisions =
    newest?.role === "assistant" ? newest.parts.flatMap((part) => decodeDecision(part) ?? []) : [];
  return decisions.length > 0
    ? { type: "answers", decisions }
    : "The newest message is neither a person's nor an approval.";
}

function decodeAttachment({ url, mediaType, filename }: z.output<typeof part>) {
  const [, base64, data] = /^data:[^,]*?(;base64)?,(.*)$/s.exec(url ?? "") ?? [];
  if (data === undefined || !base64) return undefined;
  const bytes = new Uint8Array(Buffer.from(data, "base64"));
  return { name: filename ?? "file", mediaType: mediaType ?? "application/octet-stream", bytes };
}

function decodeDecision({ state, approval }: z.output<typeof part>): AiSdkDecision | undefined {
  if (state !== "approval-responded" || approval?.approved === undefined) return undefined;
  const [approvalId = "", ...callId] = approval.id.split(":");
  return { approvalId, callId: callId.join(":"), approved: approval.approved, reason: approval.reason };
}

/** Of the answer's message. */
export interface AiSdkMetadata {
  /** For `POST {base}/sessions/{id}/stop`. */
  readonly sessionId: SessionId;
  readonly model?: string;
  readonly usage?: Usage & { readonly totalTokens: number };
  /** USD; null: the price of a model is unknown. */
  readonly cost?: number | null;
  readonly stopReason?: StopReason;
}

export type AiSdkFrame =
  | { readonly type: "start"; readonly messageId: TurnId; readonly messageMetadata: AiSdkMetadata }
  | { readonly type: "start-step" | "finish-step" }
  | { readonly type: "text-start" | "text-end" | "reasoning-start" | "reasoning-end"; readonly id: string }
  | { readonly type: "text-delta" | "reasoning-delta"; readonly id: string; readonly delta: string }
  | {
      readonly type: "tool-input-available";
      readonly toolCallId: string;
      readonly toolName: string;
      readonly input: unknown;
      readonly dynamic: true;
    }
  | { readonly type: "tool-approval-request"; readonly approvalId: string; readonly toolCallId: string }
  | {
      readonly type: "tool-output-available";
      readonly toolCallId: string;
      readonly output: string;
      readonly dynamic: true;
    }
  | {
      readonly type: "tool-output-error";
      readonly toolCallId: string;
      readonly errorText: string;
      readonly dynamic: true;
    }
  | { readonly type: "tool-output-denied"; readonly toolCallId: string }
  | { readonly type: "file"; readonly url: string; readonly mediaType: string }
  | { readonly type: "error"; readonly errorText: string }
  | { readonly type: "abort"; readonly reason: string }
  | {
      readonly type: "finish";
      readonly finishReason: "stop" | "length" | "content-filter" | "tool-calls" | "other";
      readonly messageMetadata?: AiSdkMetadata;
    };

export interface AiSdkContext {
  readonly sessionId: SessionId;
  readonly cost: (spent: readonly ModelUsage[]) => number | null;
  readonly fileUrl: (id: string) => string;
  /** Calls that the person has just refused. */
  readonly refusedCallIds: ReadonlySet<string>;
}

/** What is open in the message so far. */
export interface AiSdkState {
  readonly round: number;
  readonly part?: "text" | "reasoning" | undefined;
  /** Parts begun. */
  readonly parts: number;
}

export const AI_SDK_INITIAL_STATE: AiSdkState = { round: 0, parts: 0 };

export function encodeAiSdkStart(messageId: TurnId, { sessionId }: AiSdkContext): AiSdkFrame {
  return { type: "start", messageId, messageMetadata: { sessionId } };
}

export function encodeAiSdkEvent(
  event: ChatEvent,
  state: AiSdkState,
  context: AiSdkContext,
): { readonly frames: readonly AiSdkFrame[]; readonly state: AiSdkState } {
  switch (event.type) {
    case "turn_started":
    case "notice":
      return { frames: [], state };
    case "text_delta":
      return encodeDelta("text", event, state);
    case "reasoning_delta":
      return encodeDelta("reasoning", event, state);
    case "call_started": {
      const { id, name, arguments: values, malformed } = event.call;
      const begun = enterRound(event.round, state);
      const frames = [...begun.frames, ...closePart(begun.state)];
      const input = malformed ?? values;
      return {
        frames: [
          ...frames,
          { type: "tool-input-available", toolCallId: id, toolName: name, input, dynamic: true },
        ],
        state: { ...begun.state, part: undefined },
      };
    }
    // After an approval it belongs to a step of the response before.
    case "call_ended":
      return { frames: encodeResult(event.result, context), state };
    case "turn_waiting": {
      const { id, calls } = event.turn.approval;
      const requests = calls.map(
        ({ call }) =>
          ({ type: "tool-approval-request", approvalId: `${id}:${call.id}`, toolCallId: call.id }) as const,
      );
      return {
        frames: [...requests, ...closeRound(state), { type: "finish", finishReason: "tool-calls" }],
        state: AI_SDK_INITIAL_STATE,
      };
    }
    case "turn_ended":
      return {
        frames: [...closeRound(state), ...encodeEnd(event.end, context)],
        state: AI_SDK_INITIAL_STATE,
      };
  }
}

type Delta = Extract<ChatEvent, { type: "text_delta" | "reasoning_delta" }>;

function encodeDelta(kind: "text" | "reasoning", { round, text }: Delta, before: AiSdkState) {
  const { frames, state } = enterRound(round, before);
  if (state.part === kind) {
    const delta = { type: `${kind}-delta`, id: String(state.parts), delta: text } as const;
    return { frames: [...frames, delta], state };
  }
  // Rounds of one text are set apart by blank lines; here each is a part of its own.
  const first = text.replace(/^\n+/, "");
  if (first === "") return { frames, state };
  const id = String(state.parts + 1);
  const begun: readonly AiSdkFrame[] = [
    { type: `${kind}-start`, id },
    { type: `${kind}-delta`, id, delta: first },
  ];
  const open = { ...state, part: kind, parts: state.parts + 1 };
  return { frames: [...frames, ...closePart(state), ...begun], state: open };
}

/** A step is a round. */
function enterRound(round: number, state: AiSdkState) {
  if (round === state.round) return { frames: [], state };
  const frames: readonly AiSdkFrame[] = [...closeRound(state), { type: "start-step" }];
  return { frames, state: { round, part: undefined, parts: state.parts } };
}

function closeRound(state: AiSdkState): readonly AiSdkFrame[] {
  return state.round === 0 ? [] : [...closePart(state), { type: "finish-step" }];
}

function closePart({ part: kind, parts }: AiSdkState): readonly AiSdkFrame[] {
  return kind === undefined ? [] : [{ type: `${kind}-end`, id: String(parts) }];
}

function encodeResult(
  { callId, status, content, file }: Extract<ChatEvent, { type: "call_ended" }>["result"],
  { refusedCallIds, fileUrl }: AiSdkContext,
): readonly AiSdkFrame[] {
  if (refusedCallIds.has(callId)) return [{ type: "tool-output-denied", toolCallId: callId }];
  if (status === "failed")
    return [{ type: "tool-output-error", toolCallId: callId, errorText: content, dynamic: true }];
  return [
    { type: "tool-output-available", toolCallId: callId, output: content, dynamic: true },
    ...(file ? [{ type: "file", url: fileUrl(file.id), mediaType: file.mediaType } as const] : []),
  ];
}

/** An error is the last thing a client takes. */
function encodeEnd(end: TurnEnd, { sessionId, cost }: AiSdkContext): readonly AiSdkFrame[] {
  if (end.outcome === "failed") return [{ type: "error", errorText: end.error.message }];
  const { stopReason, model, usage, spent } = end;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const totalTokens = inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens;
  return [
    ...(stopReason === "stopped" ? [{ type: "abort", reason: "stopped" } as const] : []),
    {
      type: "finish",
      finishReason: FINISH_REASONS[stopReason],
      messageMetadata: { sessionId, model, usage: { ...usage, totalTokens }, cost: cost(spent), stopReason },
    },
  ];
}

const FINISH_REASONS = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  context_exceeded: "length",
  guardrail: "content-filter",
  content_filtered: "content-filter",
  tool_limit: "other",
  stopped: "other",
  handed_over: "tool-calls",
} as const satisfies Record<StopReason, string>;
