/** The server-sent events of the langchain protocol: `src/protocols/langchain/PROTOCOL.md`. Pure. */
import type { ChatEvent, PendingCall, TurnEnd } from "../../chat/types.ts";
import { escapeInvisible, escapeTexts } from "../../chat/visible-text.ts";
import { stringifyJson } from "../../json.ts";
import { PROVIDER } from "./provider.ts";
import type { MemoryMetadata } from "./session-codec.ts";

export interface ServerEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export function serializeEvent({ event, data }: ServerEvent): string {
  return `event: ${event}\r\ndata: ${stringifyJson(data)}\r\n\r\n`;
}

export function serializePing(at: Date): string {
  return `: ping - ${at.toISOString()}\r\n\r\n`;
}

export interface ChatStart {
  readonly sessionId: string;
  readonly model: string;
  readonly memory: MemoryMetadata | null;
  /** Number of tools that are not operations of an API. */
  readonly toolCount: number;
}

export function encodeStart({ sessionId, model, memory, toolCount }: ChatStart): ServerEvent {
  const data = {
    session_id: sessionId,
    model,
    provider: PROVIDER,
    memory_metadata: memory,
    mcp_tools_count: toolCount,
  };
  return { event: "start", data };
}

/** Characters of a tool result that a client receives. */
const MAX_RESULT_LENGTH = 1000;

/** Encodes the events that stand alone. The end of a turn needs its session, and an approval request an id for each call. */
export function encodeEvent(event: ChatEvent): readonly ServerEvent[] {
  switch (event.type) {
    case "text_delta":
      return [{ event: "token", data: { content: event.text } }];
    case "call_started": {
      const { id, name, arguments: values } = event.call;
      return [
        { event: "tool_call", data: { tool_name: name, tool_id: id, arguments: stringifyJson(values) } },
      ];
    }
    case "call_ended": {
      const { callId, name, status, content } = event.result;
      const text = status === "failed" ? `Error executing tool: ${content}` : content;
      const result = text.slice(0, MAX_RESULT_LENGTH).toWellFormed();
      return [{ event: "tool_result", data: { tool_name: name, tool_id: callId, result } }];
    }
    default:
      return [];
  }
}

export interface ApprovalRequestFields {
  readonly id: string;
  readonly pendingCall: PendingCall;
  readonly expiresAt: string;
  readonly timeoutSeconds: number;
}

export function encodeApproval({
  id,
  pendingCall,
  expiresAt,
  timeoutSeconds,
}: ApprovalRequestFields): ServerEvent["data"] {
  const { call, preview: request } = pendingCall;
  const name = escapeInvisible(call.name);
  return {
    approval_id: id,
    tool_name: name,
    tool_id: call.id,
    message: `The tool ${name} needs your approval.`,
    tool_args: escapeTexts(call.arguments),
    ...(request && { request }),
    expires_at: expiresAt,
    config: { show_args: true, timeout_seconds: timeoutSeconds, require_reason_on_reject: false },
  };
}

type AnsweredTurn = Extract<TurnEnd, { readonly outcome: "answered" }>;

/** Encodes the reply of `done`. Its content is the complete text of the turn, with which clients replace the tokens. */
export function encodeReply(
  { text, usage, model, stopReason, endedAt, spent }: AnsweredTurn,
  cost: (spent: AnsweredTurn["spent"]) => number | null,
) {
  return {
    role: "assistant",
    content: text,
    timestamp: endedAt,
    metadata: {
      provider: PROVIDER,
      model,
      stop_reason: stopReason,
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      cost_usd: cost(spent),
    },
  };
}
