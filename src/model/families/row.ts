import type { Capabilities } from "../capabilities-columns.ts";

/** One family; a column that is left out is as careful as it can be (capabilities.ts). */
export interface Row extends Partial<Omit<Capabilities, "family" | "price">> {
  /** What the bare model id begins with; the longest match counts. */
  readonly prefix: string;
  readonly family: string;
  /** USD per million tokens. */
  readonly price?: readonly [input: number, output: number, cacheRead?: number, cacheWrite?: number];
}

/** Tools, but only without streaming. */
export const nonStreamingTools = {
  systemPrompt: true,
  tools: "non_streaming",
  sampling: "both",
  documents: true,
  contextTokens: 128_000,
  maxOutputTokens: 8192,
} as const;

export const noTools = { systemPrompt: true, tools: "none", sampling: "both", documents: true } as const;

/** Open weights, served alike whoever made them. */
export const openWeights = {
  systemPrompt: true,
  tools: "streaming",
  sampling: "both",
  contextTokens: 128_000,
  maxOutputTokens: 32_768,
} as const;
