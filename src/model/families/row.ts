/** The row type of the capabilities table, and defaults that several vendors share. */
import type { Capabilities, Geography } from "../capabilities-columns.ts";

/** USD per million tokens. Cached tokens without a price of their own cost as much as input. */
export type RowPrice = readonly [input: number, output: number, cacheRead?: number, cacheWrite?: number];

/** One model family. Omitted columns take the conservative default (capabilities.ts). */
export interface Row extends Partial<Omit<Capabilities, "family" | "price">> {
  /** A prefix of the bare model id; the longest match wins. */
  readonly prefix: string;
  readonly family: string;
  /** True for the row of a vendor's models that have none of their own: they are newer than this table. */
  readonly catchAll?: true;
  /** The price of every id without another one; with `surcharge` that of the global profile. */
  readonly price?: RowPrice;
  /** Prices of single geographies. They take precedence over `surcharge`. */
  readonly regionalPrices?: Readonly<Partial<Record<Geography, RowPrice>>>;
  /** True when every id but the global profile costs a tenth more. */
  readonly surcharge?: boolean;
  /** Multiplies the price of calls with more than `above` input tokens; the cache prices like `input`. */
  readonly longContext?: { readonly above: number; readonly input: number; readonly output: number };
}

/** Models that support tools without streaming only. */
export const nonStreamingTools = {
  systemPrompt: true,
  tools: "non_streaming",
  sampling: "both",
  documents: true,
  contextTokens: 128_000,
  maxOutputTokens: 8192,
} as const;

export const noTools = {
  systemPrompt: true,
  tools: "none",
  sampling: "both",
  documents: true,
  maxOutputTokens: 4096,
} as const;

/** Models with open weights, which Bedrock serves alike for all vendors. */
export const openWeights = {
  systemPrompt: true,
  tools: "streaming",
  sampling: "both",
  serviceTiers: ["flex", "priority"],
  contextTokens: 128_000,
  maxOutputTokens: 32_768,
} as const;

/** Models that the Responses API serves with prompt caching, and Converse without. Their reasoning is encrypted. */
export const responsesFirst = {
  apis: ["responses", "converse"],
  endpoint: "runtime",
  mantlePaths: ["/openai/v1"],
  systemPrompt: true,
  tools: "streaming",
  toolChoice: ["auto", "any", "tool"],
  stopSequences: false,
  images: true,
  documents: false,
  reasoning: "effort_object",
  reasoningReplay: "all",
  efforts: ["low", "medium", "high", "xhigh"],
  sampling: "none",
  minOutputTokens: 16,
} as const;

/** Models that the Responses API of bedrock-mantle serves, under their bare ids, and Converse does not. */
export const mantleOnly = {
  apis: ["responses"],
  endpoint: "mantle",
  mantlePaths: ["/openai/v1"],
  profiles: [],
  profileRequired: false,
} as const;
