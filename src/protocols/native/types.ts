/** The frames of the native protocol: one JSON object per text frame. Keys are wire names. `src/protocols/native/PROTOCOL.md` */
import type { CallPreview, StopReason } from "../../chat/types.ts";
import type { ErrorCode } from "../../errors.ts";
import type { SignInOption } from "../../tools/auth/types.ts";
import type { FileFrame, ToolCallFrame, ToolResultFrame } from "../shared/call-frames.ts";

/** Frames from the client. One with `message` but without `type` is a `message` of the original system. */
export type ClientFrame =
  | { readonly type: "hello"; readonly capabilities: readonly string[] }
  | {
      readonly type: "message";
      readonly message: string;
      /** Identifies the message in its session. A second frame with the id and the same message starts no second turn. */
      readonly id?: string | undefined;
      readonly model?: string | undefined;
      readonly attachments?: readonly AttachmentFrame[] | undefined;
    }
  | { readonly type: "stop" }
  | {
      readonly type: "approve";
      readonly approval_id: string;
      readonly approved: boolean;
      /** `session` also allows later calls of these operations in the session. */
      readonly scope: "once" | "session";
      /** The calls that are decided. Default: all pending ones. */
      readonly tool_call_ids?: readonly string[] | undefined;
      /** The reason, which the model reads. */
      readonly reason?: string | undefined;
    }
  /** Changes the arguments of a pending call. */
  | {
      readonly type: "edit";
      readonly approval_id: string;
      readonly tool_call_id: string;
      readonly arguments: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: "resume";
      readonly session_id: string;
      readonly last_seq: number;
      /** Requests a snapshot, even when events can be replayed. */
      readonly snapshot?: boolean | undefined;
      /** The number of messages of a snapshot. */
      readonly limit?: number | undefined;
    }
  | { readonly type: "auth"; readonly api: string; readonly scheme: string; readonly value: unknown }
  | { readonly type: "logout" }
  /** Requests the messages before a position, or the newest ones; all of them without `limit`. */
  | {
      readonly type: "history";
      readonly before?: number | undefined;
      readonly limit?: number | undefined;
    }
  | { readonly type: "clear" }
  | { readonly type: "ping" };

/** An attached file; `data` is base64. */
export interface AttachmentFrame {
  readonly name: string;
  readonly media_type: string;
  readonly data: string;
}

/** Limit of files in one message. */
export const MAX_ATTACHMENTS = 10;

/** A call that waits for approval. `request` is what would be sent, whole, with secrets masked and invisible characters escaped. */
export interface PendingCallFrame extends ToolCallFrame {
  readonly request?: CallPreview;
  /** A person has changed the arguments. */
  readonly edited?: true;
}

/** An approval request. It is sent again with the remaining calls when some were decided. */
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

/** How full the context of the model was at the last call of a turn, in tokens. */
export interface ContextFrame {
  readonly used: number;
  readonly limit: number;
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
    /** The operation, as in a {@link ToolCallFrame}. */
    readonly method?: string;
    readonly path?: string;
    readonly summary?: string;
    readonly chart?: true;
    readonly security?: ToolCallFrame["security"];
  }[];
  /** Files of a user message. */
  readonly attachments?: readonly FileFrame[];
  /** A person's rating of the reply to a user message. */
  readonly feedback?: { readonly rating: "up" | "down"; readonly note?: string };
  readonly tool_results: readonly (Pick<
    ToolResultFrame,
    "tool_call_id" | "name" | "status" | "result" | "file"
  > &
    Partial<Omit<ToolResultFrame, "tool_call_id" | "name" | "status" | "result" | "file">>)[];
  /** Present on the last message of a turn. `interrupted` means that the turn was cut off, e.g. by a crash. */
  readonly stop_reason?: StopReason | "interrupted";
  /** The figures of the whole turn, on its last message. */
  readonly usage?: UsageFrame;
  readonly cost_usd?: number | null;
  readonly model?: string;
  readonly context?: ContextFrame;
}

/** Where a page of messages is in its history. Absent on a page that begins with the history. */
export interface HistoryPosition {
  /** The number of older messages: the `before` of the page before. */
  readonly skipped?: number;
  /** The id of the user message before the page. */
  readonly after?: string | null;
  /** The time of that message. */
  readonly after_at?: string;
}

/** Frames of a session's event log, numbered from 1 in each session. */
export type SessionEventFrame = {
  readonly seq: number;
  /** The `seq` of the first of several merged deltas. */
  readonly first_seq?: number;
  readonly turn_id: string;
} /** `question` is the user message of the turn. It is absent for the connection that sent it. */ & (
  | {
      readonly type: "typing";
      readonly message: string;
      /** The id of the user message. */
      readonly message_id?: string;
      readonly question?: HistoryMessage;
    }
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
      /** The cost of the session since the server started, including this turn. */
      readonly session_cost_usd?: number | null;
      readonly model: string;
      readonly context?: ContextFrame;
    }
  | ErrorFrame
);

export interface ErrorFrame {
  readonly type: "error";
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retry_after_ms?: number;
  /** The server waits for a frame `auth` with another token. */
  readonly reauthenticate?: true;
}

/** A limit of the client. `remaining` and `resets_at` (ISO 8601 in UTC) are absent for turns at the same time. */
export interface LimitFrame {
  readonly scope: "caller" | "key" | "organization" | "address" | "server";
  readonly kind: "requests" | "turns" | "tokens" | "usd";
  readonly limit: number;
  readonly period?: "second" | "minute" | "hour" | "day" | "month";
  readonly remaining?: number;
  readonly resets_at?: string;
}

/** Frames from the server. */
export type ServerFrame =
  | {
      readonly type: "connection_established";
      readonly session_id: string;
      readonly message: string;
      readonly model: string;
      readonly models: readonly string[];
      readonly tools: number;
      readonly resumed: boolean;
      /** A notice for the user, e.g. that the demo model replies. */
      readonly notice?: string;
      /** Example prompts. */
      readonly examples?: readonly string[];
      /** Ways to sign in to the APIs with an `auth` frame. */
      readonly sign_in?: readonly SignInOption[];
      /** Limits of one message. `max_bytes` counts all its files together. */
      readonly attachments?: { readonly max_files: number; readonly max_bytes: number };
    }
  | SessionEventFrame
  /** An error about one client frame. It belongs to no turn. */
  | ErrorFrame
  | { readonly type: "notice"; readonly code: string; readonly message: string }
  /** The state of the session. It replaces what the client shows; `seq` continues from here. */
  | ({
      readonly type: "snapshot";
      readonly seq: number;
      readonly messages: readonly HistoryMessage[];
      /** The running or waiting turn. Its user message is the last one in `messages`, followed by its complete rounds. */
      readonly turn_id?: string;
      /** Text of the running round. */
      readonly partial: string;
      readonly approvals: readonly ApprovalFrame[];
      /** The figures of all turns. */
      readonly total?: { readonly usage: UsageFrame; readonly cost_usd: number | null };
    } & HistoryPosition)
  | { readonly type: "limits"; readonly limits: readonly LimitFrame[] }
  | ({
      readonly type: "history";
      readonly messages: readonly HistoryMessage[];
      /** The `before` of the request. */
      readonly before?: number;
    } & HistoryPosition)
  | { readonly type: "history_cleared" }
  /** The token of a frame `auth` is accepted. */
  | { readonly type: "authenticated" }
  | { readonly type: "auth_configured"; readonly api: string; readonly scheme: string }
  | { readonly type: "reconnect" }
  | { readonly type: "pong" };
