/** The dialect of the LangChain Docker app: its requests in, its events and bodies out. Pure. */
import { z } from "zod";
import type { ChatEvent, PendingCall, TurnEnd } from "../../chat/types.ts";
import type { AppError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import type { ListedSession, StoredSession } from "../../store/types.ts";
import { type DialogueMessage, toDialogue } from "../shared/dialogue.ts";

/** The only one there is; an omitted provider means it. */
export const PROVIDER = "bedrock";

/** Fields of what is no part of specchat (retrieval, servers of its own tools) are read and not used. */
export const ChatRequest = z.object({
  message: z.string().min(1),
  images: z.array(z.string()).nullish(),
  session_id: z.string().min(1).max(200).nullish(),
  provider: z.string().nullish(),
  model: z.string().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  max_tokens: z.int().positive().nullish(),
  enable_memory: z.boolean().nullish(),
  memory_trigger_count: z.int().positive().nullish(),
  memory_keep_recent: z.int().positive().nullish(),
  mcp_servers: z.array(z.string()).nullish(),
  enable_rag: z.boolean().nullish(),
  rag_top_k: z.int().min(1).max(50).nullish(),
  rag_min_score: z.number().min(0).max(1).nullish(),
});
export type ChatRequest = z.output<typeof ChatRequest>;

export const SessionRequest = z.object({ metadata: z.record(z.string(), z.unknown()).nullish() });
export const ListQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(10),
  offset: z.coerce.number().int().min(0).default(0),
});
export const ValidateRequest = z.object({
  provider: z.string(),
  model: z.string(),
  temperature: z.number().min(0).max(2).nullish(),
});
export const DecisionRequest = z.object({ reason: z.string().max(10_000).nullish() });

/** What a session of this dialect is called by its client, and what the client said of it. */
export interface SessionLabel {
  readonly name?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

export function writeLabel(label: SessionLabel): string | undefined {
  return label.name === undefined && label.metadata === undefined ? undefined : JSON.stringify(label);
}

/** It was written by {@link writeLabel}, or there is none. */
export function readLabel(label: string | undefined): SessionLabel {
  return label === undefined ? {} : JSON.parse(label);
}

export interface MemoryMetadata {
  readonly summarized: boolean;
  readonly summary_triggered: boolean;
  readonly total_messages: number;
  readonly summarized_message_count: number;
  readonly recent_message_count: number;
  readonly summary_content: string | null;
}

/** `asked`: how many messages are about to be added. Notes are taken between turns, so that no turn triggers them. */
export function encodeMemory(stored: StoredSession | undefined, pendingMessages: number): MemoryMetadata {
  const { summary } = stored ?? {};
  const known = stored ? stored.skipped + stored.messages.length : 0;
  const total = messageCount(stored) + pendingMessages;
  return {
    summarized: summary !== undefined,
    summary_triggered: false,
    total_messages: total,
    summarized_message_count: summary?.through ?? 0,
    recent_message_count: summary ? known - summary.through : total,
    summary_content: summary?.text ?? null,
  };
}

/** What was said before what was read of the session counts one by one. */
export function messageCount(stored: Pick<StoredSession, "messages" | "skipped"> | undefined): number {
  return stored ? stored.skipped + toDialogue(stored.messages).length : 0;
}

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
  /** Tools that are no operations of the API. */
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

/** What a client is shown of a result. */
const MAX_RESULT_LENGTH = 1000;

/** Those of a turn's events that one frame tells of: its end needs the session, a request for approval an id for each call. */
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
  const { call } = pendingCall;
  return {
    approval_id: id,
    tool_name: call.name,
    tool_id: call.id,
    message: `The tool ${call.name} needs your approval.`,
    tool_args: call.arguments,
    expires_at: expiresAt,
    config: { show_args: true, timeout_seconds: timeoutSeconds, require_reason_on_reject: false },
  };
}

type AnsweredTurn = Extract<TurnEnd, { readonly outcome: "answered" }>;

/** Its content is all the text of the turn: clients put it in the place of the tokens. */
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

export function encodeSession(id: string, { session, ...read }: StoredSession) {
  const label = readLabel(session.label);
  return {
    session_id: label.name ?? id,
    created_at: session.createdAt,
    updated_at: session.updatedAt,
    message_count: messageCount(read),
    messages: toDialogue(read.messages).map(encodeMessage),
    metadata: label.metadata ?? {},
  };
}

function encodeMessage({ role, content, at }: DialogueMessage) {
  return { role, content, timestamp: at, metadata: {} };
}

/** Characters of the last message in a list. */
const PREVIEW_LENGTH = 100;

/** `read`: its newest messages. */
export function encodeSessionSummary(session: ListedSession, read: StoredSession | undefined) {
  const label = readLabel(session.label);
  const last = read && toDialogue(read.messages).at(-1);
  return {
    session_id: label.name ?? session.id,
    created_at: session.createdAt,
    updated_at: session.updatedAt,
    message_count: messageCount(read),
    last_message: last ? last.content.slice(0, PREVIEW_LENGTH).toWellFormed() : null,
    metadata: label.metadata ?? {},
  };
}

export function sessionNotFound(id: string) {
  return { error: "session_not_found", message: `Session '${id}' not found`, session_id: id };
}

export function invalidProvider(provider: string) {
  return {
    error: "invalid_provider",
    message: `Invalid provider '${provider}'`,
    provider,
    valid_providers: [PROVIDER],
  };
}

export function encodeError({ code, message }: AppError) {
  return { error: code, message };
}

/** Where the account is told how to use a model. */
export const SETUP_URL = "https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html";

/** The model cannot be asked at all, and what to do about that. */
export function serviceUnavailable(problem: string, advice: string) {
  return {
    error: "service_unavailable",
    message: `${problem} ${advice}`,
    provider: PROVIDER,
    setup_url: SETUP_URL,
    details: advice,
  };
}
