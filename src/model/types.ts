/** The port to language models, implemented by bedrock/, demo/ and the scripted models of tests. */
import type { Message, ModelStopReason, NoticeCode, ToolCall, ToolDefinition, Usage } from "../chat/types.ts";

export interface ModelRequest {
  /** A model id, inference profile or ARN. */
  readonly model: string;
  readonly system: string;
  /** Begins with a user message. Each assistant message with calls is followed by their results. */
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  /** The model must call a tool: `any`, or the one of this name. Default: it decides. */
  readonly toolChoice?: ToolChoice | undefined;
  readonly maxTokens: number;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  /** Additional stop sequences, for models that support them. */
  readonly stopSequences?: readonly string[] | undefined;
  /** The caller of the request. Queued calls are admitted fairly across callers. */
  readonly caller?: string | undefined;
  /** The session id, for traces. */
  readonly session?: string | undefined;
  /** Returns the messages trimmed for another model's limits, or undefined when they cannot be made to fit. */
  readonly refit?: ((limits: ModelLimits) => readonly Message[] | undefined) | undefined;
  /** Returns whether a model may reply in place of the requested one. Default: every configured one. */
  readonly allowsFallback?: ((model: string) => boolean) | undefined;
  /**
   * Returns the notice about attachments that a model with these limits does not see, or undefined when it sees all.
   */
  readonly unsupportedAttachments?: ((limits: ModelLimits) => string | undefined) | undefined;
}

export type ToolChoice = "any" | { readonly tool: string };

/** The limits of a model, in tokens and files. */
export interface ModelLimits {
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /**
   * The files the model can read. Unset: it receives file names only. `refused`: it refused the files of this
   * request.
   */
  readonly files?: FileLimits | "refused" | undefined;
}

/** File limits per request. Undefined limits mean that the kind is not supported. Text files are always supported. */
export interface FileLimits {
  readonly images: FileKindLimits | undefined;
  readonly documents: FileKindLimits | undefined;
  /** The number of images and documents together. */
  readonly count: number;
  readonly bytes: number;
}

export interface FileKindLimits {
  readonly count: number;
  /** The size of one file. */
  readonly bytes: number;
  /** The width and height of an image. */
  readonly pixels?: number | undefined;
}

/** An event of a model's reply. Text and reasoning are deltas, never empty; a call is complete, with its arguments. */
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
      /** The model that replied, when it is not the requested one. */
      readonly model?: string;
      /** The reason of a guardrail intervention, for the operator. */
      readonly reason?: string;
    };

/** The health of the default model: `ready`, or a problem and the operator's fix for it. */
export type ModelHealth =
  | { readonly status: "ready"; readonly account?: string | undefined }
  | { readonly status: "unready"; readonly problem: string; readonly advice: string };

/** The calls of a model in a region. */
export interface ModelLoad {
  readonly model: string;
  readonly region: string;
  /** Calls in progress. */
  readonly active: number;
  /** Calls that wait in the queue. */
  readonly queued: number;
  /** The circuit breaker rejects calls. */
  readonly isOpen: boolean;
}

export interface Model {
  /**
   * Calls the model once. The last event is the only `end`; the iterator never finishes without it. Every failure (an
   * interrupted stream, a refusal, a timeout) is thrown as an AppError. Aborting `signal` closes the connection at once
   * and makes the iterator throw an AppError `cancelled`.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
  /** Checks the model without a billed call. Resolves within 3 s. */
  health(): Promise<ModelHealth>;
  limits(model: string): ModelLimits;
  /** Returns the cost in USD, or null when the model's price is unknown. */
  cost(model: string, usage: Usage): number | null;
  /** Returns an upper estimate in USD for a model of unknown price, so that a cost limit holds. */
  estimateCost?(model: string, usage: Usage): number;
  /** Returns the load of each model that was called, for metrics. */
  load?(): readonly ModelLoad[];
  /** Closes idle connections. */
  close(): void;
}
