/** The native protocol's frames, as they stand on the WebSocket: one JSON object a text frame. Keys are its wire names. */
import type { StopReason } from "../../chat/types.ts";
import type { ErrorCode } from "../../errors.ts";
import type { SignInOption } from "../../tools/auth/types.ts";
import type { FileFrame, ToolCallFrame, ToolResultFrame } from "../shared/call-frames.ts";

/** Client → server. A frame without `type` but with `message` is the original form of `message`. */
export type ClientFrame =
  | { readonly type: "hello"; readonly capabilities: readonly string[] }
  | {
      readonly type: "message";
      readonly message: string;
      readonly model?: string | undefined;
      readonly attachments?: readonly AttachmentFrame[] | undefined;
    }
  | { readonly type: "stop" }
  | {
      readonly type: "approve";
      readonly approval_id: string;
      readonly approved: boolean;
      /** `session`: these operations need no approval any more in this session. */
      readonly scope: "once" | "session";
      /** Only these calls; all that are left when unset. */
      readonly tool_call_ids?: readonly string[] | undefined;
      /** For the model. */
      readonly reason?: string | undefined;
    }
  | {
      readonly type: "resume";
      readonly session_id: string;
      readonly last_seq: number;
      /** The state in one piece is wanted, whatever could be replayed. */
      readonly snapshot?: boolean | undefined;
    }
  | { readonly type: "auth"; readonly api: string; readonly scheme: string; readonly value: unknown }
  | { readonly type: "logout" }
  | { readonly type: "history" }
  | { readonly type: "clear" }
  | { readonly type: "ping" };

/** A file a person attaches; `data` is base64. */
export interface AttachmentFrame {
  readonly name: string;
  readonly media_type: string;
  readonly data: string;
}

/** Of one message. */
export const MAX_ATTACHMENTS = 10;

/** A call that waits for approval, as it would be sent: secrets masked, a long body cut. */
export interface PendingCallFrame extends ToolCallFrame {
  readonly request?: { readonly method: string; readonly url: string; readonly body?: string };
}

/** A request for approval; sent again, with what is left, when some of its calls were decided. */
export interface ApprovalFrame {
  readonly approval_id: string;
  readonly tool_calls: readonly PendingCallFrame[];
  readonly expires_at: string;
}

export interface UsageFrame {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
}

export interface HistoryMessage {
  readonly message_id: string;
  readonly role: "user" | "assistant";
  readonly content: string;
  readonly timestamp: string;
  readonly tool_calls: readonly {
    readonly id: string;
    readonly name: string;
    readonly arguments: unknown;
    /** As in a {@link ToolCallFrame}. */
    readonly method?: string;
    readonly path?: string;
  }[];
  /** Of a user message. */
  readonly attachments?: readonly FileFrame[];
  readonly tool_results: readonly (Pick<
    ToolResultFrame,
    "tool_call_id" | "name" | "status" | "result" | "file"
  > &
    Partial<Pick<ToolResultFrame, "http_status" | "duration_ms">>)[];
  /** Of a turn's last message. `interrupted`: the turn went no further, nobody ended it. */
  readonly stop_reason?: StopReason | "interrupted";
}

/** A session, as `GET {base}/sessions` lists it. */
export interface SessionFrame {
  readonly session_id: string;
  readonly title: string;
  /** The one that answered last. */
  readonly model: string | null;
  /** ISO 8601 in UTC. */
  readonly created_at: string;
  readonly updated_at: string;
  readonly message_count: number;
  /** What goes on in it: nothing, a turn, or a turn that waits for approval. */
  readonly state: "idle" | "running" | "waiting";
  readonly usage: UsageFrame;
  readonly cost_usd: number | null;
}

/** `next`: to be given as `before` for the older ones; null: there are none. */
export interface SessionListFrame {
  readonly sessions: readonly SessionFrame[];
  readonly next: string | null;
}

/** Frames of the session's story: numbered 1, 2, 3 … per session. */
export type SessionEventFrame = {
  readonly seq: number;
  /** Of the first of several deltas that were merged for a slow reader. */
  readonly first_seq?: number;
  readonly turn_id: string;
} /** `question`: what is being answered, for those who did not ask it over this connection. */ & (
  | { readonly type: "typing"; readonly message: string; readonly question?: HistoryMessage }
  | { readonly type: "text_delta"; readonly text: string }
  | { readonly type: "reasoning_delta"; readonly text: string }
  | ({ readonly type: "tool_call" } & ToolCallFrame)
  | ({ readonly type: "tool_result" } & ToolResultFrame)
  | ({ readonly type: "approval_request" } & ApprovalFrame)
  | {
      readonly type: "ai_response";
      readonly message: string;
      readonly tool_calls: HistoryMessage["tool_calls"];
      readonly tool_results: HistoryMessage["tool_results"];
      readonly timestamp: string;
      readonly stop_reason: StopReason;
      readonly usage: UsageFrame;
      readonly cost_usd: number | null;
      /** The session's since the server has started, this turn's included. */
      readonly session_cost_usd?: number | null;
      readonly model: string;
    }
  | ErrorFrame
);

export interface ErrorFrame {
  readonly type: "error";
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retry_after_ms?: number;
}

/** Server → client. */
export type ServerFrame =
  | {
      readonly type: "connection_established";
      readonly session_id: string;
      readonly message: string;
      readonly model: string;
      readonly models: readonly string[];
      readonly tools: number;
      readonly resumed: boolean;
      /** What the person should know before the first question: that the built-in model answers, say. */
      readonly notice?: string;
      /** Questions to begin with. */
      readonly examples?: readonly string[];
      /** What the person can sign in to the APIs with, by `auth` frames. */
      readonly sign_in?: readonly SignInOption[];
      /** What one message may bring; `max_bytes` of all its files together. */
      readonly attachments?: { readonly max_files: number; readonly max_bytes: number };
    }
  | SessionEventFrame
  /** About a single frame: it belongs to no turn. */
  | ErrorFrame
  | { readonly type: "notice"; readonly code: string; readonly message: string }
  /** The session's state, when its log no longer reaches back: what was shown of it before is replaced, `seq` goes on from here. */
  | {
      readonly type: "snapshot";
      readonly seq: number;
      readonly messages: readonly HistoryMessage[];
      /** Of the turn that is running or waits for approval, if any. Its question is the last one of `messages`; rounds of it that are complete follow it there. */
      readonly turn_id?: string;
      /** Text that the running turn has shown since. */
      readonly partial: string;
      readonly approvals: readonly ApprovalFrame[];
    }
  | { readonly type: "history"; readonly messages: readonly HistoryMessage[] }
  | { readonly type: "history_cleared" }
  | { readonly type: "auth_configured"; readonly api: string; readonly scheme: string }
  | { readonly type: "reconnect" }
  | { readonly type: "pong" };
