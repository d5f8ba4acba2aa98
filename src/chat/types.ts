/** The types of the chat engine, which turns messages into events. It knows no HTTP, no AWS and no database. */
import type { AppError, RefusalCode } from "../errors.ts";
import type { FileContents, InlineFile } from "./attachments/types.ts";

type Brand<Name extends string> = string & { readonly __brand: Name };
export type SessionId = Brand<"SessionId">;
export type TurnId = Brand<"TurnId">;
export type MessageId = Brand<"MessageId">;
export type ApprovalId = Brand<"ApprovalId">;

/** JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** A tool as it is described to the model. */
export interface ToolDefinition {
  /** 1 to 64 of `[a-zA-Z0-9_-]`. */
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
}

/** A tool call that the model asks for. Integers beyond 2^53 in `arguments` are `bigint` (json.ts). */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The model's text when it was not a JSON object. `arguments` is then `{}`, and the call fails with a result that says so. */
  readonly malformed?: string;
  /** Undeclared query parameters of the API's link to the next page. Never set by a model or a client. */
  readonly extraQuery?: Readonly<Record<string, readonly string[]>>;
}

/** The outcome of a call. A refused, timed-out, stopped or unknown call is a `failed` result, never an exception. */
export interface ToolResult {
  readonly callId: string;
  readonly name: string;
  readonly status: "ok" | "failed";
  /** The text that the model reads, verbatim. Never empty. */
  readonly content: string;
  /** The status of the API's response, when there was one. */
  readonly httpStatus?: number;
  /** A response that is not text, saved for the user. */
  readonly file?: ResultFile;
  readonly durationMs: number;
  /** Why nothing was sent. */
  readonly refused?: RefusalCode;
  /** `rows`: the records, when the response is a list. `stored`: the response that `content` only describes, with its characters. */
  readonly rows?: number;
  readonly stored?: { readonly id: string; readonly length: number };
  /** The arguments that were sent, when a person changed those of the call. */
  readonly sentArguments?: ToolCall["arguments"];
}

/** A call as it would be sent, whole, for the person who approves it. Secrets are masked, invisible characters escaped. */
export interface CallPreview {
  readonly method: string;
  readonly url: string;
  /** Without those that say nothing about the call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A part of a form is a line. */
  readonly body?: string;
}

/** A call that runs only after a person approves it. */
export interface PendingCall {
  readonly call: ToolCall;
  readonly preview?: CallPreview;
  /** A hash of the exact request. A call whose request has changed since needs a new approval. */
  readonly fingerprint?: string;
  /** The operation or other tool, which "allow for this conversation" covers: its name and a hash. */
  readonly scope?: string;
  /** A person has changed the arguments of the model. */
  readonly isEdited?: true;
}

/** The calls of one round that wait for approval. */
export interface Approval {
  readonly id: ApprovalId;
  /** In call order, without the calls that were already decided. */
  readonly calls: readonly PendingCall[];
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** The decision on one pending call. `expired`: nobody decided in time. `stopped`: the turn was stopped. */
export interface Decision {
  readonly callId: string;
  readonly outcome: "approved" | "refused" | "expired" | "stopped";
  readonly fingerprint?: string;
  /** The arguments to send, when a person changed those of the call. */
  readonly arguments?: ToolCall["arguments"];
  /** The person's reason, passed to the model. */
  readonly reason?: string;
}

/** A turn that has not ended, as it is stored. Its messages so far begin at the last user message. */
export type OpenTurn =
  /** It was interrupted when no process runs it. `results` are those that no message holds yet. */
  | { readonly status: "running"; readonly id: TurnId; readonly results?: readonly ToolResult[] }
  /** It uses no resources, and any process can resume it. */
  | WaitingTurn;

export interface WaitingTurn {
  readonly status: "waiting";
  readonly id: TurnId;
  readonly approval: Approval;
  readonly decisions: readonly Decision[];
  /** Results of the calls of the round that needed no approval. */
  readonly results: readonly ToolResult[];
  /** The requested model. */
  readonly model: string;
  /** All text streamed so far. */
  readonly text: string;
}

/** The suspended round of a turn, once all its calls are decided. */
export type DecidedRound = Pick<WaitingTurn, "decisions" | "results" | "model" | "text">;

/** A file that a user can download by its id. `size` is in bytes. */
export interface ResultFile {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  /** Set on attachments and pictures that a model may be able to read. */
  readonly contents?: FileContents;
}

export type AssistantPart =
  | { readonly type: "text"; readonly text: string }
  /** `signature` and `redacted` (base64) must be sent back to the model unmodified. */
  | {
      readonly type: "reasoning";
      readonly text: string;
      readonly signature?: string;
      readonly redacted?: string;
    }
  | { readonly type: "call"; readonly call: ToolCall };

/** One entry of a session's history. `at` is ISO 8601 in UTC. */
export type Message =
  | {
      readonly role: "user";
      readonly id: MessageId;
      readonly at: string;
      readonly text: string;
      /** The id that the client gave the message. */
      readonly clientId?: string;
      readonly attachments?: readonly ResultFile[];
      /** Set only in model requests, in place of `attachments`. Never stored. */
      readonly files?: readonly InlineFile[];
    }
  | {
      readonly role: "assistant";
      readonly id: MessageId;
      readonly at: string;
      readonly parts: readonly AssistantPart[];
      readonly model: string;
      readonly usage: Usage;
      /** Set on the last message of a turn. `interrupted`: the model call broke off. */
      readonly stopReason?: StopReason | "interrupted";
    }
  /** The results of ALL calls of the preceding assistant message, in call order. `note` is a further text for the model, `files` are pictures as of a user message. */
  | {
      readonly role: "results";
      readonly id: MessageId;
      readonly at: string;
      readonly results: readonly ToolResult[];
      readonly note?: string;
      readonly files?: readonly InlineFile[];
    };

export type UserMessage = Extract<Message, { role: "user" }>;
export type AssistantMessage = Extract<Message, { role: "assistant" }>;

/** Token counts. `inputTokens` excludes cached tokens. `longContext`: the part of calls so long that they have their own price. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly longContext?: Usage;
}

/** The usage of one model. A turn can use several models, each with its own price. */
export interface ModelUsage {
  readonly model: string;
  readonly usage: Usage;
}

/** The reason why one model call ended. */
export type ModelStopReason =
  | "end_turn"
  | "tool_use"
  | "max_tokens"
  | "stop_sequence"
  | "guardrail"
  | "content_filtered"
  | "context_exceeded"
  | "malformed";

/** Why a turn ends (`stop_reason` of the native protocol). `handed_over`: the client keeps the history and runs or approves the calls itself. */
export type StopReason =
  | "end_turn"
  | "max_tokens"
  | "stop_sequence"
  | "stopped"
  | "tool_limit"
  | "guardrail"
  | "content_filtered"
  | "context_exceeded"
  | "handed_over";

/** The events of a turn: `turn_started`, others, then exactly one `turn_ended`. `round` counts its model calls from 1. */
export type TurnEvent =
  /** `question` is the user message, the first message that the turn adds to the history. */
  | { readonly type: "turn_started"; readonly turnId: TurnId; readonly question: UserMessage }
  | { readonly type: "text_delta"; readonly round: number; readonly text: string }
  | { readonly type: "reasoning_delta"; readonly round: number; readonly text: string }
  | { readonly type: "call_started"; readonly round: number; readonly call: ToolCall }
  | { readonly type: "call_ended"; readonly round: number; readonly result: ToolResult }
  | { readonly type: "notice"; readonly code: NoticeCode; readonly message: string }
  /** Adds a message to the history. It must be stored before any later event is published. */
  | { readonly type: "message_added"; readonly message: Message }
  /** Comes last when calls need approval. The resumed turn continues with further events. */
  | { readonly type: "turn_waiting"; readonly turn: WaitingTurn }
  | { readonly type: "turn_ended"; readonly turnId: TurnId; readonly end: TurnEnd };

/** The events that subscribers receive. */
export type ChatEvent = Exclude<TurnEvent, { readonly type: "message_added" }>;

type TurnNoticeCode = "history_trimmed" | "queued" | "progress" | "budget" | "attachment_unread";
export type NoticeCode = "retrying" | "fallback_model" | TurnNoticeCode;

export type TurnEnd = {
  /** All `text_delta`s of the turn, joined. */
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly results: readonly ToolResult[];
  /** The sum over all rounds. `spent` has it per model, `lastUsage` that of the last model call, if there was one. */
  readonly usage: Usage;
  readonly spent: readonly ModelUsage[];
  readonly lastUsage?: Usage | undefined;
  /** ISO 8601 in UTC. */
  readonly endedAt: string;
} /** `model` gave the last reply. */ & (
  | { readonly outcome: "answered"; readonly stopReason: StopReason; readonly model: string }
  | { readonly outcome: "failed"; readonly error: AppError }
);
