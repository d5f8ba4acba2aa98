/** The columns of the capabilities table. */
export interface Capabilities {
  readonly family: string;
  readonly systemPrompt: boolean;
  readonly streaming: boolean;
  /** `non_streaming`: a request with tools must not be streamed. */
  readonly tools: "streaming" | "non_streaming" | "none";
  readonly toolChoice: readonly ("auto" | "any" | "tool")[];
  readonly stopSequences: boolean;
  readonly images: boolean;
  readonly documents: boolean;
  readonly reasoning: "none" | "budget" | "adaptive" | "nova" | "effort" | "always";
  /** The positions at which a cache point is allowed. */
  readonly cachePoints: readonly CachePointPosition[];
  /** The minimum length of a cached prefix. */
  readonly minCacheTokens: number;
  /** The sampling parameters, temperature and top_p, that a request may contain. */
  readonly sampling: "both" | "one" | "none";
  /** True when a tool result may contain a status. */
  readonly resultStatus: boolean;
  /** True when text and images may follow tool results in one user message. */
  readonly besideResults: boolean;
  /** True when the last message may be an assistant message. */
  readonly prefill: boolean;
  /** True when the model is available through inference profiles only. */
  readonly profileRequired: boolean;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  readonly price: Price | null;
  /** The year, or date, of its end of life; undefined when none is announced. */
  readonly retired: string | undefined;
}

export type CachePointPosition = "tools" | "system" | "messages";

/** USD per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}
