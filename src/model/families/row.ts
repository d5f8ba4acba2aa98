/** The row type of the capabilities table, and defaults that several vendors share. */
import type { Capabilities } from "../capabilities-columns.ts";

/** One model family. Omitted columns take the conservative default (capabilities.ts). */
export interface Row extends Partial<Omit<Capabilities, "family" | "price">> {
  /** A prefix of the bare model id; the longest match wins. */
  readonly prefix: string;
  readonly family: string;
  /** USD per million tokens. */
  readonly price?: readonly [input: number, output: number, cacheRead?: number, cacheWrite?: number];
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

export const noTools = { systemPrompt: true, tools: "none", sampling: "both", documents: true } as const;

/** Models with open weights, which Bedrock serves alike for all vendors. */
export const openWeights = {
  systemPrompt: true,
  tools: "streaming",
  sampling: "both",
  contextTokens: 128_000,
  maxOutputTokens: 32_768,
} as const;
