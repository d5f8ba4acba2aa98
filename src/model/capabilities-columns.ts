/** The columns of the table of capabilities. */
export interface Capabilities {
  readonly family: string;
  readonly systemPrompt: boolean;
  /** Does it stream at all? */
  readonly streaming: boolean;
  /** `whole`: with tools only without streaming. */
  readonly tools: "streaming" | "non_streaming" | "none";
  readonly toolChoice: readonly ("auto" | "any" | "tool")[];
  readonly stopSequences: boolean;
  readonly images: boolean;
  readonly documents: boolean;
  readonly reasoning: "none" | "budget" | "adaptive" | "nova" | "effort" | "always";
  /** Where a cache point may stand. */
  readonly cachePoints: readonly CachePointPosition[];
  /** A shorter prefix is not cached. */
  readonly minCacheTokens: number;
  /** May temperature and top_p be sent: both, one of them, none. */
  readonly sampling: "both" | "one" | "none";
  /** Does a tool result carry a status? */
  readonly resultStatus: boolean;
  /** May the last message be the assistant's? */
  readonly prefill: boolean;
  /** Only through an inference profile. */
  readonly profileRequired: boolean;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  readonly price: Price | null;
  /** When the model ended, or ends. */
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
