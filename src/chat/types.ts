/** The words of the engine. It knows no HTTP, no AWS and no database: it turns messages into events. */
import type { AppError } from "../errors.ts";

/** What is given to everything that is new. */
export interface StampSource {
  now(): Date;
  newId(): string;
}

type Brand<Name extends string> = string & { readonly __brand: Name };
export type SessionId = Brand<"SessionId">;
export type TurnId = Brand<"TurnId">;
export type MessageId = Brand<"MessageId">;
export type ApprovalId = Brand<"ApprovalId">;

/** JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** What a model is told of a tool. */
export interface ToolDefinition {
  /** 1 to 64 of `[a-zA-Z0-9_-]`. */
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
}

/**
 * A model's wish to call a tool. Integers beyond 2^53 in `arguments` are `bigint` (json.ts).
 * `malformed` is the text the model sent when it was no JSON object; `arguments` is then `{}` and the call fails with a
 * result the model can mend.
 */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly malformed?: string;
}

/** How a call ended. A refused, timed-out, stopped or unknown call is a `failed` result, never an exception. */
export interface ToolResult {
  readonly callId: string;
  readonly name: string;
  readonly status: "ok" | "failed";
  /** What the model reads, verbatim. Never empty. */
  readonly content: string;
  /** The API's answer, when there was one. */
  readonly httpStatus?: number;
  /** What came instead of text, kept for the person who asked. */
  readonly file?: ResultFile;
  readonly durationMs: number;
}

/** A call as it would be sent, for the person who is asked about it: secrets are masked, a long body is cut. */
export interface CallPreview {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
}

/** A call that is not carried out before a person has said yes. */
export interface PendingCall {
  readonly call: ToolCall;
  readonly preview?: CallPreview;
}

/** Calls of one round that wait for a person. */
export interface Approval {
  readonly id: ApprovalId;
  /** In call order; those that were decided already are no longer among them. */
  readonly calls: readonly PendingCall[];
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** What became of one held call. `expired`: nobody answered in time. `stopped`: the turn was. */
export interface Decision {
  readonly callId: string;
  readonly outcome: "approved" | "refused" | "expired" | "stopped";
  /** The person's, for the model. */
  readonly reason?: string;
}

/**
 * A turn that has not ended, as it is stored. Its messages so far are those from the last user message on. A running one
 * that nobody runs any more was interrupted; a waiting one costs nothing and can go on anywhere.
 */
export type OpenTurn = { readonly status: "running"; readonly id: TurnId } | WaitingTurn;

export interface WaitingTurn {
  readonly status: "waiting";
  readonly id: TurnId;
  readonly approval: Approval;
  readonly decisions: readonly Decision[];
  /** Of the other calls of the round. */
  readonly results: readonly ToolResult[];
  /** As the person asked for. */
  readonly model: string;
  /** All that was shown so far. */
  readonly text: string;
}

/** A file that a person can fetch by its id. `size` in bytes. */
export interface ResultFile {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  /** Of what a person attached: what a model may be able to read in it. */
  readonly contents?: FileContents;
}

/** What a file holds, by its bytes. A text with a `format` may go as a document of that kind too. */
export type FileContents =
  | {
      readonly kind: "image";
      readonly format: "png" | "jpeg" | "gif" | "webp";
      /** Pixels. */
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: "document"; readonly format: "pdf" | "doc" | "docx" | "xls" | "xlsx" }
  | {
      readonly kind: "text";
      readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";
      readonly format?: "csv" | "html" | "md" | "txt";
    };

/** A file that goes to the model itself: an image, or a document (a text has a `format` then). */
export interface InlineFile {
  readonly name: string;
  readonly contents: FileContents;
  readonly bytes: Uint8Array;
}

export type AssistantPart =
  | { readonly type: "text"; readonly text: string }
  /** `signature` and `redacted` (base64) must go back to the model unmodified. */
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
      readonly attachments?: readonly ResultFile[];
      /** Only in what a model is asked, in place of `attachments`; never stored. */
      readonly files?: readonly InlineFile[];
    }
  | {
      readonly role: "assistant";
      readonly id: MessageId;
      readonly at: string;
      readonly parts: readonly AssistantPart[];
      readonly model: string;
      readonly usage: Usage;
      /** Set on the last message of a turn; `interrupted`: the model call broke off here. */
      readonly stopReason?: StopReason | "interrupted";
    }
  /** The results of ALL calls of the assistant message before it, in call order; `note` is what else the model is told. */
  | {
      readonly role: "results";
      readonly id: MessageId;
      readonly at: string;
      readonly results: readonly ToolResult[];
      readonly note?: string;
    };

export type UserMessage = Extract<Message, { role: "user" }>;
export type AssistantMessage = Extract<Message, { role: "assistant" }>;

/** Tokens. `inputTokens` excludes what was read from or written to the cache. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

/** What a model used: several may have answered in one turn, and each has its own price. */
export interface ModelUsage {
  readonly model: string;
  readonly usage: Usage;
}

/** Why one model call ended. */
export type ModelStopReason =
  | "end_turn"
  | "tool_use"
  | "max_tokens"
  | "stop_sequence"
  | "guardrail"
  | "content_filtered"
  | "context_exceeded"
  | "malformed";

/**
 * Why a turn ended: contract 000, `stop_reason`. `handed_over`: at calls that whoever keeps the history carries out, or decides on;
 * clients whose history we keep never meet it.
 */
export const STOP_REASONS = [
  "end_turn",
  "max_tokens",
  "stop_sequence",
  "stopped",
  "tool_limit",
  "guardrail",
  "content_filtered",
  "context_exceeded",
  "handed_over",
] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/**
 * What a turn yields, in order: `turn_started`, any of the middle ones, exactly one `turn_ended`. Where a person has to be
 * asked, `turn_waiting` comes last for now; when it was decided the turn goes on with the middle ones.
 * `round` counts the model calls of the turn from 1; every delta names the one it belongs to.
 */
export type TurnEvent =
  /** `question` is the first message that the turn adds to the history. */
  | { readonly type: "turn_started"; readonly turnId: TurnId; readonly question: UserMessage }
  | { readonly type: "text_delta"; readonly round: number; readonly text: string }
  | { readonly type: "reasoning_delta"; readonly round: number; readonly text: string }
  | { readonly type: "call_started"; readonly round: number; readonly call: ToolCall }
  | { readonly type: "call_ended"; readonly round: number; readonly result: ToolResult }
  | { readonly type: "notice"; readonly code: NoticeCode; readonly message: string }
  /** What the history gains, to be stored before what comes after it is told to anybody. */
  | { readonly type: "message_added"; readonly message: Message }
  | { readonly type: "turn_waiting"; readonly turn: WaitingTurn }
  | { readonly type: "turn_ended"; readonly turnId: TurnId; readonly end: TurnEnd };

/** Events that people are told of. */
export type ChatEvent = Exclude<TurnEvent, { readonly type: "message_added" }>;

export type NoticeCode =
  | "retrying"
  | "history_trimmed"
  | "fallback_model"
  | "queued"
  | "progress"
  | "attachment_unread";

/** How a turn ended. */
export type TurnEnd = {
  /** All text of the turn: its `text_delta`s joined. */
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly results: readonly ToolResult[];
  /** Summed over the rounds. */
  readonly usage: Usage;
  /** The same, by model. */
  readonly spent: readonly ModelUsage[];
  /** ISO 8601 in UTC. */
  readonly endedAt: string;
} /** `model`: the one that gave the answer. */ & (
  | { readonly outcome: "answered"; readonly stopReason: StopReason; readonly model: string }
  | { readonly outcome: "failed"; readonly error: AppError }
);

/** Characters of a result that clients are shown. */
export const RESULT_PREVIEW = 10_000;
