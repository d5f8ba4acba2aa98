/** The port to language models: what every provider (bedrock/, demo.ts, a test's script) looks like from the engine. */
import type { Message, ModelStopReason, NoticeCode, ToolCall, ToolDefinition, Usage } from "../chat/types.ts";

export interface ModelRequest {
  /** A model id, inference profile or ARN. */
  readonly model: string;
  readonly system: string;
  /** Begins with a user message and obeys the pairing rule: each assistant message with calls is followed by its results. */
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly maxTokens: number;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  /** Texts at which it stops where it can, besides those it always stops at. */
  readonly stopSequences?: readonly string[] | undefined;
  /** On whose behalf: callers take turns where calls have to wait. */
  readonly caller?: string | undefined;
  /** In whose course: for traces. */
  readonly session?: string | undefined;
  /** The messages again for another model's limits; undefined: the request does not fit it at all. */
  readonly refit?: ((limits: ModelLimits) => readonly Message[] | undefined) | undefined;
  /** What the person is told of files that came with the question and that a model with these limits is not shown. */
  readonly unsupportedAttachments?: ((limits: ModelLimits) => string | undefined) | undefined;
}

/** Tokens the model can read, and write at most. */
export interface ModelLimits {
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** The files it can look into. Unset: it is told their names. `refused`: those of this request it could not read. */
  readonly files?: FileLimits | "refused" | undefined;
}

/** Of one request. A kind without limits is one the model does not read. Texts are read by every model. */
export interface FileLimits {
  readonly images: FileKindLimits | undefined;
  readonly documents: FileKindLimits | undefined;
  /** Images and documents together. */
  readonly count: number;
  readonly bytes: number;
}

export interface FileKindLimits {
  readonly count: number;
  /** Of one file. */
  readonly bytes: number;
  /** Of either side of an image. */
  readonly pixels?: number | undefined;
}

/** A call is yielded whole, once its arguments are complete; text and reasoning as they arrive, never empty. */
export type ModelEvent =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "reasoning";
      readonly text: string;
      readonly signature?: string;
      readonly redacted?: string;
    }
  | { readonly type: "call"; readonly call: ToolCall }
  | { readonly type: "notice"; readonly code: NoticeCode; readonly message: string }
  | {
      readonly type: "end";
      readonly stopReason: ModelStopReason;
      readonly usage: Usage;
      /** The model that answered, when it is not the one that was asked. */
      readonly model?: string;
      /** For the operator: why a guardrail intervened. */
      readonly reason?: string;
    };

/** `ready`, or what stands in the way and what to do about it. */
export type ModelHealth =
  | { readonly status: "ready"; readonly account?: string | undefined }
  | { readonly status: "unready"; readonly problem: string; readonly advice: string };

export interface Model {
  /**
   * One model call. Yields exactly one `end`, last; an iterator that finishes without it never happens: every failure
   * (a stream that broke off, a refusal, a timeout) is thrown as an AppError. Aborting `signal` closes the connection
   * at once and makes the iterator throw an AppError `cancelled`.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
  /** Never a billed call. Resolves within 3 s. */
  health(): Promise<ModelHealth>;
  limits(model: string): ModelLimits;
  /** USD, or null when the model's price is unknown. */
  cost(model: string, usage: Usage): number | null;
  /** Ends idle connections. */
  close(): void;
}
