/** The capabilities of Anthropic's Claude models. */
import { CLAUDE_3, claude, OPUS, SONNET } from "./anthropic-3.ts";
import type { Row } from "./row.ts";

const claude4 = { ...claude, reasoning: "budget", reasoningReplay: "all" } as const;
/** From here on the global profile is the cheapest. */
const claude45 = {
  ...claude4,
  cacheTtls: ["5m", "1h"],
  sampling: "one",
  profiles: ["us", "eu", "jp", "au", "global"],
  surcharge: true,
} as const;
const claude46 = {
  ...claude45,
  reasoning: "adaptive",
  efforts: ["low", "medium", "high", "max"],
  prefill: false,
  contextTokens: 1_000_000,
  maxOutputTokens: 128_000,
} as const;
const claude47 = {
  ...claude46,
  efforts: ["low", "medium", "high", "xhigh", "max"],
  sampling: "none",
} as const;
/** Thinks unless that is switched off. */
const claude5 = { ...claude47, reasoningOff: "disabled" } as const;
/** Always thinks, and refuses forced tool calls because of that. */
const thinkingClaude = {
  ...claude5,
  reasoningOff: "impossible",
  dropsUnboundThinking: true,
  toolChoice: ["auto"],
} as const;

export const ANTHROPIC: readonly Row[] = [
  ...CLAUDE_3,
  {
    ...claude4,
    prefix: "anthropic.claude-sonnet-4",
    family: "Claude Sonnet 4",
    profiles: ["us", "eu", "apac", "global"],
    endOfLife: "2026-10-14",
    successor: SONNET,
    price: [3, 15, 0.3, 3.75],
  },
  {
    ...claude4,
    prefix: "anthropic.claude-opus-4",
    family: "Claude Opus 4",
    profiles: ["us"],
    maxOutputTokens: 32_000,
    endOfLife: "2026-05-31",
    successor: OPUS,
    price: [15, 75, 1.5, 18.75],
  },
  {
    ...claude4,
    prefix: "anthropic.claude-opus-4-1",
    family: "Claude Opus 4.1",
    sampling: "one",
    profiles: ["us"],
    maxOutputTokens: 32_000,
    endOfLife: "2027-01-08",
    successor: OPUS,
    price: [15, 75, 1.5, 18.75],
  },
  {
    ...claude45,
    prefix: "anthropic.claude-sonnet-4-5",
    family: "Claude Sonnet 4.5",
    legacySince: "2026-10-08",
    endOfLife: "2027-04-08",
    successor: SONNET,
    price: [3, 15, 0.3, 3.75],
  },
  {
    ...claude45,
    prefix: "anthropic.claude-haiku-4-5",
    family: "Claude Haiku 4.5",
    minCacheTokens: 4096,
    profiles: ["us", "eu", "jp", "au", "in", "global"],
    price: [1, 5, 0.1, 1.25],
  },
  {
    ...claude45,
    prefix: "anthropic.claude-opus-4-5",
    family: "Claude Opus 4.5",
    minCacheTokens: 4096,
    profiles: ["us", "eu", "global"],
    price: [5, 25, 0.5, 6.25],
  },
  {
    ...claude46,
    prefix: "anthropic.claude-sonnet-4-6",
    family: "Claude Sonnet 4.6",
    minCacheTokens: 2048,
    maxOutputTokens: 64_000,
    price: [3, 15, 0.3, 3.75],
  },
  {
    ...claude46,
    prefix: "anthropic.claude-opus-4-6",
    family: "Claude Opus 4.6",
    minCacheTokens: 4096,
    profiles: ["us", "eu", "au", "global"],
    price: [5, 25, 0.5, 6.25],
  },
  {
    ...claude47,
    prefix: "anthropic.claude-opus-4-7",
    family: "Claude Opus 4.7",
    minCacheTokens: 2048,
    price: [5, 25, 0.5, 6.25],
  },
  { ...claude47, prefix: "anthropic.claude-opus-4-8", family: "Claude Opus 4.8", price: [5, 25, 0.5, 6.25] },
  {
    ...claude5,
    prefix: "anthropic.claude-opus-5",
    family: "Claude Opus 5",
    minCacheTokens: 512,
    profiles: ["us", "eu", "jp", "au", "in", "global"],
    price: [5, 25, 0.5, 6.25],
  },
  {
    ...claude5,
    prefix: "anthropic.claude-sonnet-5",
    family: "Claude Sonnet 5",
    profiles: ["us", "eu", "jp", "au", "in", "global"],
    price: [2, 10, 0.2, 2.5],
  },
  {
    ...claude5,
    prefix: "anthropic.claude-fable-5",
    family: "Claude Fable 5",
    reasoningOff: "impossible",
    minCacheTokens: 512,
    profiles: ["us", "eu", "global"],
    price: [10, 50, 1, 12.5],
  },
  {
    ...claude5,
    prefix: "anthropic.claude-haiku-5-5",
    family: "Claude Haiku 5.5",
    dropsUnboundThinking: true,
    longContext: { above: 100_000, input: 5, output: 5 },
    price: [0.1, 0.5, 0.01, 0.125],
  },
  {
    ...thinkingClaude,
    prefix: "anthropic.claude-sonnet-5-5",
    family: "Claude Sonnet 5.5",
    reasoningOff: "between_tools",
    profiles: ["us", "eu", "au", "global"],
    price: [2, 10, 0.1, 2.5],
  },
  {
    ...thinkingClaude,
    prefix: "anthropic.claude-opus-5-5",
    family: "Claude Opus 5.5",
    price: [4, 20, 0.2, 5],
  },
  {
    ...thinkingClaude,
    prefix: "anthropic.claude-fable-5-1",
    family: "Claude Fable 5.1",
    profiles: ["us", "global"],
    price: [10, 50, 0.25, 12.5],
  },
  {
    ...thinkingClaude,
    prefix: "anthropic.claude-fable-5-2",
    family: "Claude Fable 5.2",
    profiles: ["us", "global"],
    price: [8, 40, 0.2, 10],
  },
  {
    ...thinkingClaude,
    prefix: "anthropic.claude-mythos-5-1",
    family: "Claude Mythos 5.1",
    profiles: ["us", "global"],
  },
  // The Messages API of bedrock-mantle alone serves these two, and only to invited customers.
  {
    ...thinkingClaude,
    prefix: "anthropic.claude-mythos-5",
    family: "Claude Mythos 5",
    apis: [],
    profiles: [],
    profileRequired: false,
    surcharge: false,
    price: [10, 50, 1, 12.5],
  },
  {
    ...thinkingClaude,
    prefix: "anthropic.claude-mythos-preview",
    family: "Claude Mythos Preview",
    apis: [],
    profiles: [],
    profileRequired: false,
    surcharge: false,
    price: [10, 50, 1, 12.5],
  },
  // Models newer than this table: the newest known family, limited to what all of them accept.
  {
    ...thinkingClaude,
    prefix: "anthropic.claude-",
    family: "Claude",
    catchAll: true,
    profiles: [],
    contextTokens: 200_000,
  },
];
