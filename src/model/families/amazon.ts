/** The capabilities of Amazon Nova and Titan models. */
import { noTools, type Row } from "./row.ts";

const titan = { ...noTools, systemPrompt: false, stopSequences: true, endOfLife: "2026" } as const;

const nova = {
  systemPrompt: true,
  tools: "streaming",
  toolChoice: ["auto", "any", "tool"],
  stopSequences: true,
  images: true,
  documents: true,
  cachePoints: ["system", "messages"],
  minCacheTokens: 1000,
  sampling: "both",
  resultStatus: true,
  besideResults: true,
  prefill: true,
  profiles: ["us", "eu", "apac"],
  contextTokens: 300_000,
  maxOutputTokens: 10_000,
} as const;

export const AMAZON: readonly Row[] = [
  {
    ...nova,
    prefix: "amazon.nova-micro",
    family: "Nova Micro",
    images: false,
    documents: false,
    contextTokens: 128_000,
    price: [0.035, 0.14, 0.00875, 0],
    regionalPrices: {
      eu: [0.04, 0.16, 0.01, 0.04],
      apac: [0.037, 0.148, 0.00925, 0.037],
    },
  },
  {
    ...nova,
    prefix: "amazon.nova-lite",
    family: "Nova Lite",
    profiles: ["us", "eu", "apac", "ca"],
    price: [0.06, 0.24, 0.015, 0],
    regionalPrices: {
      eu: [0.069, 0.276, 0.01725, 0.069],
      apac: [0.063, 0.252, 0.01575, 0.063],
      ca: [0.064, 0.256, 0.016, 0.064],
    },
  },
  {
    ...nova,
    prefix: "amazon.nova-pro",
    family: "Nova Pro",
    price: [0.8, 3.2, 0.2, 0],
    regionalPrices: {
      eu: [0.92, 3.68, 0.23, 0.92],
      apac: [0.84, 3.36, 0.21, 0.84],
    },
  },
  {
    ...nova,
    prefix: "amazon.nova-premier",
    family: "Nova Premier",
    profiles: ["us"],
    profileRequired: true,
    contextTokens: 1_000_000,
    endOfLife: "2026-09-14",
    successor: "amazon.nova-2-lite-v1:0",
    price: [2.5, 12.5, 0.625, 2.5],
  },
  {
    ...nova,
    prefix: "amazon.nova-2-lite",
    family: "Nova 2 Lite",
    reasoning: "nova",
    efforts: ["low", "medium", "high"],
    profiles: ["us", "eu", "jp", "global"],
    profileRequired: true,
    contextTokens: 1_000_000,
    maxOutputTokens: 64_000,
    price: [0.3, 2.5, 0.075, 0],
    regionalPrices: {
      us: [0.33, 2.75, 0.0825, 0],
      eu: [0.374, 3.157, 0.0935, 0.374],
      jp: [0.396, 3.311, 0.099, 0.396],
    },
  },
  { ...nova, prefix: "amazon.nova-", family: "Nova", profiles: [] },
  {
    ...titan,
    prefix: "amazon.titan-text-lite",
    family: "Titan Text Lite",
    contextTokens: 4096,
    maxOutputTokens: 4096,
    price: [0.15, 0.2],
  },
  {
    ...titan,
    prefix: "amazon.titan-text-express",
    family: "Titan Text Express",
    contextTokens: 8192,
    maxOutputTokens: 4096,
    price: [0.2, 0.6],
  },
  {
    ...titan,
    prefix: "amazon.titan-text-premier",
    family: "Titan Text Premier",
    documents: false,
    contextTokens: 32_000,
    maxOutputTokens: 3072,
    price: [0.5, 1.5],
  },
];
