/** The words between the files of this folder: Bedrock's Converse as plain JSON, and what a call can be. */
import type { Price } from "../capabilities-columns.ts";
import type { ModelEvent } from "../types.ts";

export type Json = Readonly<Record<string, unknown>>;

/** A Converse or ConverseStream request without the model id; what AWS documents as its JSON body. */
export interface ConverseBody {
  readonly messages: readonly ConverseMessage[];
  readonly system?: readonly SystemBlock[];
  readonly inferenceConfig: {
    readonly maxTokens: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly stopSequences?: readonly string[];
  };
  readonly toolConfig?: { readonly tools: readonly ToolBlock[] };
  readonly guardrailConfig?: Json;
  readonly additionalModelRequestFields?: Json;
}

export interface ConverseMessage {
  readonly role: "user" | "assistant";
  readonly content: readonly ContentBlock[];
}

export type CachePoint = { readonly cachePoint: { readonly type: "default" } };
export type SystemBlock = { readonly text: string } | CachePoint;
export type ToolBlock =
  | {
      readonly toolSpec: {
        readonly name: string;
        readonly description?: string;
        readonly inputSchema: { readonly json: Json };
      };
    }
  | CachePoint;
/** Base64 in JSON (body.ts). */
export type FileSource = { readonly bytes: Uint8Array };
export type FileBlock =
  | { readonly image: { readonly format: string; readonly source: FileSource } }
  | { readonly document: { readonly format: string; readonly name: string; readonly source: FileSource } };
export type ContentBlock =
  | FileBlock
  | { readonly text: string }
  | { readonly toolUse: { readonly toolUseId: string; readonly name: string; readonly input: Json } }
  | {
      readonly toolResult: {
        readonly toolUseId: string;
        readonly content: readonly { readonly text: string }[];
        readonly status?: "success" | "error";
      };
    }
  | {
      readonly reasoningContent:
        | { readonly reasoningText: { readonly text: string; readonly signature?: string } }
        /** Base64. */
        | { readonly redactedContent: string };
    }
  | CachePoint;

/** What arrived together is handed on together: one asynchronous step per read, not per event. */
export type EventBatch = readonly ModelEvent[];

/** The service's two operations; bodies come unread, so that decoding is ours. Both throw what the SDK throws. */
export interface BedrockService {
  /** @returns the bytes of an event stream. Aborting the signal closes the connection, also while it is read. */
  stream(model: string, body: ConverseBody, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** @returns the body of Converse, long integers exact. */
  converse(model: string, body: ConverseBody, signal: AbortSignal): Promise<unknown>;
  /** Resolves when credentials (or a bearer key) are at hand; throws the SDK's reason when not. */
  identify(): Promise<void>;
  /** The AWS account of the credentials, from STS; undefined where Bedrock is not AWS's own, but a stand-in, say. */
  account(signal: AbortSignal): Promise<string | undefined>;
  close(): void;
}

/** Everything random or slow that a call needs from outside. */
export interface BedrockIo {
  /** Milliseconds. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  /** Resolves early, without throwing, when the signal fires. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** One line for the operator. */
  readonly warn: (message: string) => void;
}

export interface BedrockOptions {
  readonly region: string;
  readonly profile?: string | undefined;
  /** Instead of the region's own address. */
  readonly endpoint?: string | undefined;
  /** The same for STS, which tells the account. */
  readonly stsEndpoint?: string | undefined;
  /** How often a throttled or broken call is tried again. */
  readonly maxRetries: number;
  /** Before the first retry; doubled each time, with full jitter. */
  readonly retryDelayMs: number;
  /** Default: true, both. */
  readonly exponentialBackoff?: boolean | undefined;
  readonly jitter?: boolean | undefined;
  readonly connectTimeoutMs: number;
  /** How long Bedrock may be silent, before its first event and between two. */
  readonly idleTimeoutMs: number;
  /** A bare model id that speaks for application profiles, whose ARNs name no model. */
  readonly modelFamily?: string | undefined;
  /**
   * Tried in order when the asked model is throttled, broken or retired. One in another region is
   * `region/model-id` or `model-id@region`.
   */
  readonly fallbackModels?: readonly string[] | undefined;
  /** When a failing model is left alone for a while: after so many failed calls in a row. Default: 5, for 30 s. */
  readonly breaker?: { readonly failures: number; readonly pauseMs: number } | undefined;
  /** Calls at once and calls waiting, for each model and region. Default: 500 and 1,000. */
  readonly maxConcurrentRequests?: number | undefined;
  readonly requestQueueSize?: number | undefined;
  readonly stopSequences?: readonly string[] | undefined;
  readonly guardrail?: { readonly id: string; readonly version: string } | undefined;
  /** Tokens the model may think with, where it can; unset: it does not think. */
  readonly reasoningTokens?: number | undefined;
  /** Default: where the model has them. */
  readonly cachePoints?: boolean | undefined;
  /** Model id or its beginning → USD per million tokens, instead of the built-in prices. */
  readonly prices?: ReadonlyMap<string, Price> | undefined;
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as the environment has them. */
  readonly proxyEnvironment?: Readonly<Record<string, string | undefined>> | undefined;
  /** PEM certificates of authorities to trust besides the usual ones. */
  readonly certificates?: string | undefined;
  /** Instead of the SDK's own chain. */
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
}
