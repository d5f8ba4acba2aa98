/** Encodes events as frames of a UI message stream. Pure. https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol */
import type {
  ChatEvent,
  ModelUsage,
  PendingCall,
  SessionId,
  StopReason,
  TurnEnd,
  TurnId,
} from "../../chat/types.ts";
import type { AiSdkFrame } from "./types.ts";

export const AI_SDK_HEADERS = { "x-vercel-ai-ui-message-stream": "v1" };
/** The data of the last event. */
export const AI_SDK_DONE = "[DONE]";

export interface AiSdkContext {
  readonly sessionId: SessionId;
  readonly cost: (spent: readonly ModelUsage[]) => number | null;
  readonly fileUrl: (id: string) => string;
  /** Calls that the user has just refused. */
  readonly refusedCallIds: ReadonlySet<string>;
}

/** The open round and part of a message. */
export interface AiSdkState {
  readonly round: number;
  readonly part?: "text" | "reasoning" | undefined;
  /** Number of parts that were started. */
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
      const entered = enterRound(event.round, state);
      const frames = [...entered.frames, ...closePart(entered.state)];
      const input = malformed ?? values;
      return {
        frames: [
          ...frames,
          { type: "tool-input-available", toolCallId: id, toolName: name, input, dynamic: true },
        ],
        state: { ...entered.state, part: undefined },
      };
    }
    // After an approval, the result belongs to a step of the previous response.
    case "call_ended":
      return { frames: encodeResult(event.result, context), state };
    case "turn_waiting": {
      const { id, calls } = event.turn.approval;
      const requests = calls.map((pending) => encodeApprovalRequest(id, pending));
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

function encodeApprovalRequest(approvalId: string, { call, preview: request }: PendingCall): AiSdkFrame {
  return {
    type: "tool-approval-request",
    approvalId: `${approvalId}:${call.id}`,
    toolCallId: call.id,
    ...(request && { approvalDescriptor: { request } }),
  };
}

type Delta = Extract<ChatEvent, { type: "text_delta" | "reasoning_delta" }>;

function encodeDelta(kind: "text" | "reasoning", { round, text }: Delta, before: AiSdkState) {
  const { frames, state } = enterRound(round, before);
  if (state.part === kind) {
    const delta = { type: `${kind}-delta`, id: String(state.parts), delta: text } as const;
    return { frames: [...frames, delta], state };
  }
  // Blank lines separate the rounds of a text; here each round is a part of its own.
  const first = text.replace(/^\n+/, "");
  if (first === "") return { frames, state };
  const id = String(state.parts + 1);
  const started: readonly AiSdkFrame[] = [
    { type: `${kind}-start`, id },
    { type: `${kind}-delta`, id, delta: first },
  ];
  const open = { ...state, part: kind, parts: state.parts + 1 };
  return { frames: [...frames, ...closePart(state), ...started], state: open };
}

/** Starts a step, which is a round, when the round changes. */
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

/** Encodes the end of a turn. Clients ignore frames after an error. */
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
