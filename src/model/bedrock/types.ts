/** The types of this folder: Converse as plain JSON, the service, and the options of a Bedrock model. */
import type { CacheTtl, Price, ReasoningEffort, ServiceTier } from "../capabilities-columns.ts";
import type { ModelEvent } from "../types.ts";
import type { ResponsesBody, ResponsesSurface } from "./responses/types.ts";

export type Json = Readonly<Record<string, unknown>>;

/** The JSON body of a Converse or ConverseStream request, as AWS documents it. */
export interface ConverseBody {
  readonly messages: readonly ConverseMessage[];
  readonly system?: readonly SystemBlock[];
  readonly inferenceConfig: {
    readonly maxTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly stopSequences?: readonly string[];
  };
  readonly toolConfig?: {
    readonly tools: readonly ToolBlock[];
    readonly toolChoice?: { readonly any: Json } | { readonly tool: { readonly name: string } };
  };
  readonly guardrailConfig?: Json;
  readonly additionalModelRequestFields?: Json;
  readonly requestMetadata?: Readonly<Record<string, string>>;
  readonly serviceTier?: { readonly type: ServiceTier };
}

export interface ConverseMessage {
  readonly role: "user" | "assistant";
  readonly content: readonly ContentBlock[];
}

export type CachePoint = { readonly cachePoint: { readonly type: "default"; readonly ttl?: CacheTtl } };
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
/** Serialized as base64 (body.ts). */
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

/** Events that arrived together. Passing them on as one batch costs one asynchronous step per read, not per event. */
export type EventBatch = readonly ModelEvent[];

/** The operations of Bedrock in one region. They throw what the SDK throws. */
export interface BedrockService {
  /**
   * Returns the bytes of the event stream, not decoded. Aborting `signal` closes the connection, even while it is
   * read.
   */
  stream(model: string, body: ConverseBody, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Returns the parsed body of Converse; integers beyond 2^53 are bigints. */
  converse(model: string, body: ConverseBody, signal: AbortSignal): Promise<unknown>;
  /** Returns the bytes of the server-sent events of the Responses API, not decoded. Aborts like `stream`. */
  respond(
    surface: ResponsesSurface,
    body: ResponsesBody,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>>;
  /** Resolves when credentials or a bearer key are available. @throws the SDK's error when they are not. */
  identify(): Promise<void>;
  /**
   * Returns the AWS account of the credentials, from STS; undefined when the endpoint is not AWS, for example in
   * tests.
   */
  account(signal: AbortSignal): Promise<string | undefined>;
  close(): void;
}

/** The clock, randomness and logging that calls need. */
export interface BedrockIo {
  /** Returns the time in milliseconds. */
  readonly now: () => number;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
  /** Waits; resolves early, without throwing, when the signal fires. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Logs one line for the operator. */
  readonly warn: (message: string) => void;
}

export interface BedrockOptions {
  readonly region: string;
  readonly profile?: string | undefined;
  /** Replaces the region's endpoint. */
  readonly endpoint?: string | undefined;
  /** Replaces the region's endpoint of bedrock-mantle. */
  readonly mantleEndpoint?: string | undefined;
  /** Replaces the STS endpoint, which is used to look up the account. */
  readonly stsEndpoint?: string | undefined;
  /** The maximum number of retries of a failed call. */
  readonly maxRetries: number;
  /** The delay before the first retry, doubled each time, with full jitter. */
  readonly retryDelayMs: number;
  /** Default: true, for `jitter` as well. */
  readonly exponentialBackoff?: boolean | undefined;
  readonly jitter?: boolean | undefined;
  readonly connectTimeoutMs: number;
  /** The maximum time without data, before the first event and between two events. */
  readonly idleTimeoutMs: number;
  /** The bare model id of application profiles, whose ARNs do not name their model. */
  readonly modelFamily?: string | undefined;
  /**
   * Models tried in order when the requested one is throttled, failing or retired. A model in another region is written
   * `region/model-id` or `model-id@region`.
   */
  readonly fallbackModels?: readonly string[] | undefined;
  /** Opens the circuit breaker of a model after this many consecutive failures. Default: 5, for 30 s. */
  readonly breaker?: { readonly failures: number; readonly pauseMs: number } | undefined;
  /** The maximum numbers of concurrent and of waiting calls per model and region. Default: 500 and 1,000. */
  readonly maxConcurrentRequests?: number | undefined;
  readonly requestQueueSize?: number | undefined;
  readonly stopSequences?: readonly string[] | undefined;
  readonly guardrail?: { readonly id: string; readonly version: string } | undefined;
  /** The reasoning budget in tokens, for models that support it. Without it and `reasoningEffort` none is asked for. */
  readonly reasoningTokens?: number | undefined;
  /** The reasoning effort. A model without it uses the next lower one. */
  readonly reasoningEffort?: ReasoningEffort | undefined;
  /** Adds prompt cache points for models that support them. Default: true. */
  readonly cachePoints?: boolean | undefined;
  /** The lifetime of cached prompts, where the model has it. Default: 5m. */
  readonly cacheTtl?: CacheTtl | undefined;
  /** The service tier, where the model has it. Default: that of AWS. */
  readonly serviceTier?: ServiceTier | "default" | undefined;
  /** Key → value, for the invocation logs of AWS. */
  readonly requestMetadata?: Readonly<Record<string, string>> | undefined;
  /** Model id or prefix → USD per million tokens; takes precedence over the built-in prices. */
  readonly prices?: ReadonlyMap<string, Price> | undefined;
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment. */
  readonly proxyEnvironment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Additional trusted certificate authorities, in PEM. */
  readonly certificates?: string | undefined;
  /** Replaces the SDK's credential chain. */
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
}
