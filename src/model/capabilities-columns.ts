/** The columns of the capabilities table. */
export interface Capabilities {
  readonly family: string;
  /** The APIs that serve the model, the preferred one first. Empty: neither does. */
  readonly apis: readonly ModelApi[];
  /** The endpoint of the Responses API: bedrock-runtime takes profiles, bedrock-mantle bare ids. */
  readonly endpoint: "runtime" | "mantle";
  /**
   * The paths before `/responses` that bedrock-mantle may serve the model under, the likelier one first. On
   * bedrock-runtime it is `/openai/v1` for every model.
   */
  readonly mantlePaths: readonly MantlePath[];
  readonly systemPrompt: boolean;
  readonly streaming: boolean;
  /** `non_streaming`: a request with tools must not be streamed. */
  readonly tools: "streaming" | "non_streaming" | "none";
  readonly toolChoice: readonly ("auto" | "any" | "tool")[];
  readonly stopSequences: boolean;
  readonly images: boolean;
  readonly documents: boolean;
  /**
   * The parameter of Converse that controls reasoning. `budget`, `adaptive`: `thinking` of Claude. `nova`:
   * `reasoningConfig`. `qwen`: `reasoning_config`. `effort`: `reasoning_effort`. `effort_object`: `reasoning.effort`,
   * also in the Responses API. `always`: the model reasons, and no parameter is known.
   */
  readonly reasoning:
    | "none"
    | "budget"
    | "adaptive"
    | "nova"
    | "qwen"
    | "effort"
    | "effort_object"
    | "always";
  /**
   * The way to a reply without reasoning. `omit`: leave the parameter out. `disabled`, `between_tools`: the type of
   * `thinking`. `effort_none`: the effort `none`. `impossible`: the lowest of `efforts` is the least.
   */
  readonly reasoningOff: "omit" | "disabled" | "between_tools" | "effort_none" | "impossible";
  /** The efforts that the model accepts, the lowest first. `none` is not among them. */
  readonly efforts: readonly ReasoningEffort[];
  /**
   * The reasoning that is sent back to the model that wrote it: that of the whole history, so that the cached prefix stays;
   * of the current turn; or none.
   */
  readonly reasoningReplay: "all" | "turn" | "none";
  /** True when the model can be asked to ignore thinking that was written after something else, instead of refusing it. */
  readonly dropsUnboundThinking: boolean;
  /** The positions at which Converse accepts a cache point. */
  readonly cachePoints: readonly CachePointPosition[];
  /** The values that `ttl` of a cache point may have. Empty: it is left out. */
  readonly cacheTtls: readonly CacheTtl[];
  /** The minimum length of a cached prefix. */
  readonly minCacheTokens: number;
  /** True when the Responses API accepts cache breakpoints. Without them it caches prompts by itself, or not at all. */
  readonly cacheBreakpoints: boolean;
  /** The sampling parameters, temperature and top_p, that a request may contain. */
  readonly sampling: "both" | "one" | "none";
  /** True when a tool result may contain a status. */
  readonly resultStatus: boolean;
  /** True when text and images may follow tool results in one user message. */
  readonly besideResults: boolean;
  /** True when the last message may be an assistant message. */
  readonly prefill: boolean;
  /** The service tiers besides the default one. */
  readonly serviceTiers: readonly ServiceTier[];
  /** The geographies that have an inference profile of the model. */
  readonly profiles: readonly Geography[];
  /** True when the model is available through inference profiles only. */
  readonly profileRequired: boolean;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** The smallest `maxTokens` that the model accepts. */
  readonly minOutputTokens: number;
  /** Further fields of a request that the model refused, without their path. No row has them. */
  readonly omittedFields: readonly string[];
  readonly price: Price | null;
  /** The day from which new customers cannot use the model, in ISO 8601. */
  readonly legacySince: string | undefined;
  /** The day on which Bedrock stops serving the model, in ISO 8601; the month or the year when no more is known. */
  readonly endOfLife: string | undefined;
  /** The bare id of the model that replaces it. */
  readonly successor: string | undefined;
}

export type ModelApi = "converse" | "responses";
export type MantlePath = "/openai/v1" | "/v1";
export type CachePointPosition = "tools" | "system" | "messages";
export type CacheTtl = "5m" | "1h";
export type ServiceTier = "flex" | "priority";
export type ReasoningEffort = "low" | "medium" | "high" | "xhigh" | "max";
/** The beginning of an inference profile. */
export type Geography = "us-gov" | "us" | "eu" | "apac" | "jp" | "au" | "in" | "ca" | "sa" | "global";

/** USD per million tokens. */
export interface TokenPrice {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

export interface Price extends TokenPrice {
  /** The price of calls with more input tokens than `above`, cached ones included. */
  readonly longContext?: (TokenPrice & { readonly above: number }) | undefined;
}
