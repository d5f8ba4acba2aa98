/** The capabilities of Anthropic's Claude models up to 3.7, which Bedrock has retired. */
import type { Row } from "./row.ts";

export const claude = {
  systemPrompt: true,
  tools: "streaming",
  toolChoice: ["auto", "any", "tool"],
  stopSequences: true,
  images: true,
  documents: true,
  reasoning: "none",
  cachePoints: ["tools", "system", "messages"],
  cacheTtls: ["5m"],
  minCacheTokens: 1024,
  sampling: "both",
  resultStatus: true,
  besideResults: true,
  prefill: true,
  serviceTiers: [],
  profileRequired: true,
  contextTokens: 200_000,
  maxOutputTokens: 64_000,
} as const;
const claude3 = {
  ...claude,
  cachePoints: [],
  cacheTtls: [],
  profileRequired: false,
  maxOutputTokens: 4096,
  profiles: ["us", "eu", "apac"],
  endOfLife: "2026-09",
} as const;

const HAIKU = "anthropic.claude-haiku-5-5";
export const SONNET = "anthropic.claude-sonnet-5-5";
export const OPUS = "anthropic.claude-opus-5-5";

export const CLAUDE_3: readonly Row[] = [
  {
    ...claude3,
    prefix: "anthropic.claude-3-haiku",
    family: "Claude 3 Haiku",
    successor: HAIKU,
    price: [0.25, 1.25],
  },
  {
    ...claude3,
    prefix: "anthropic.claude-3-sonnet",
    family: "Claude 3 Sonnet",
    successor: SONNET,
    price: [3, 15],
  },
  {
    ...claude3,
    prefix: "anthropic.claude-3-opus",
    family: "Claude 3 Opus",
    profiles: ["us"],
    successor: OPUS,
    price: [15, 75],
  },
  {
    ...claude3,
    prefix: "anthropic.claude-3-5-sonnet-20240620",
    family: "Claude 3.5 Sonnet",
    maxOutputTokens: 8192,
    successor: SONNET,
    price: [3, 15, 0.3, 3.75],
  },
  {
    ...claude3,
    prefix: "anthropic.claude-3-5-sonnet",
    family: "Claude 3.5 Sonnet v2",
    profiles: ["us", "apac"],
    profileRequired: true,
    maxOutputTokens: 8192,
    successor: SONNET,
    price: [3, 15, 0.3, 3.75],
  },
  {
    ...claude,
    prefix: "anthropic.claude-3-5-haiku",
    family: "Claude 3.5 Haiku",
    images: false,
    minCacheTokens: 2048,
    profiles: ["us"],
    maxOutputTokens: 8192,
    endOfLife: "2026-09",
    successor: HAIKU,
    price: [0.8, 4, 0.08, 1],
  },
  {
    ...claude,
    reasoning: "budget",
    reasoningReplay: "all",
    prefix: "anthropic.claude-3-7-sonnet",
    family: "Claude 3.7 Sonnet",
    profiles: ["us", "eu", "apac"],
    endOfLife: "2026-09",
    successor: SONNET,
    price: [3, 15, 0.3, 3.75],
  },
];
