/** The capabilities of OpenAI models: GPT, and gpt-oss with open weights. */
import { mantleOnly, openWeights, type Row, responsesFirst } from "./row.ts";

const gpt = {
  ...responsesFirst,
  cacheBreakpoints: true,
  serviceTiers: [],
  contextTokens: 1_050_000,
  maxOutputTokens: 128_000,
} as const;
const profileOnly = { profiles: ["us", "global"], profileRequired: true, surcharge: true } as const;
const longContext = { above: 272_000, input: 2, output: 1.5 } as const;
const gpt56 = { ...gpt, ...profileOnly, longContext, reasoningOff: "effort_none" } as const;
const gpt6 = {
  ...gpt,
  ...profileOnly,
  longContext,
  reasoningOff: "impossible",
  efforts: ["low", "medium", "high", "xhigh", "max"],
} as const;
const mantleGpt = { ...gpt, ...mantleOnly, reasoningOff: "effort_none", cacheBreakpoints: false } as const;

const gptOss = {
  ...openWeights,
  reasoning: "effort",
  efforts: ["low", "medium", "high"],
  maxOutputTokens: 16_384,
} as const;
/** The ids of bedrock-mantle lack the version. */
const gptOssOnMantle = { ...gptOss, apis: ["responses", "converse"], endpoint: "mantle" } as const;

export const OPENAI: readonly Row[] = [
  { ...mantleGpt, prefix: "openai.gpt-5.4", family: "GPT-5.4", price: [2.75, 16.5, 0.275, 0] },
  { ...mantleGpt, prefix: "openai.gpt-5.5", family: "GPT-5.5", price: [5.5, 33, 0.55, 0] },
  { ...gpt56, prefix: "openai.gpt-5.6-sol", family: "GPT-5.6 Sol", price: [4, 20, 0.4, 5] },
  {
    ...gpt56,
    prefix: "openai.gpt-5.6-terra",
    family: "GPT-5.6 Terra",
    profiles: ["us", "in", "global"],
    price: [2, 12, 0.2, 2.5],
  },
  {
    ...gpt56,
    prefix: "openai.gpt-5.6-luna",
    family: "GPT-5.6 Luna",
    profiles: ["us", "in", "global"],
    price: [0.2, 1.2, 0.02, 0.25],
  },
  {
    ...mantleGpt,
    prefix: "openai.gpt-5.6-cyber",
    family: "GPT-5.6 Cyber",
    cacheBreakpoints: true,
    price: [13.75, 82.5],
  },
  {
    ...mantleGpt,
    prefix: "openai.daybreak-blue",
    family: "Daybreak Blue",
    mantlePaths: ["/v1", "/openai/v1"],
    cacheBreakpoints: true,
    price: [13.75, 82.5],
  },
  { ...gpt6, prefix: "openai.gpt-6-sol", family: "GPT-6 Sol", price: [2, 10, 0.2, 2.5] },
  { ...gpt6, prefix: "openai.gpt-6-luna", family: "GPT-6 Luna", price: [0.1, 0.5, 0.01, 0.125] },
  { ...gpt6, prefix: "openai.gpt-6-astra", family: "GPT-6 Astra", price: [10, 50, 1, 12.5] },
  { ...gpt6, prefix: "openai.gpt-6.1-sol", family: "GPT-6.1 Sol", price: [2, 10, 0.1, 2.5] },
  { ...gpt6, prefix: "openai.gpt-6.1-terra", family: "GPT-6.1 Terra", price: [1, 5, 0.05, 1.25] },
  { ...gpt6, prefix: "openai.gpt-6.2-sol", family: "GPT-6.2 Sol", price: [2, 10, 0.1, 2.5] },
  { ...gpt6, prefix: "openai.gpt-6.2-astra", family: "GPT-6.2 Astra", price: [8, 40, 0.4, 10] },
  { ...gptOssOnMantle, prefix: "openai.gpt-oss-20b", family: "gpt-oss 20B on mantle", price: [0.07, 0.3] },
  {
    ...gptOss,
    prefix: "openai.gpt-oss-20b-1",
    family: "gpt-oss 20B",
    price: [0.07, 0.3],
    profiles: ["us-gov"],
    regionalPrices: { "us-gov": [0.084, 0.36] },
  },
  { ...gptOssOnMantle, prefix: "openai.gpt-oss-120b", family: "gpt-oss 120B on mantle", price: [0.15, 0.6] },
  {
    ...gptOss,
    prefix: "openai.gpt-oss-120b-1",
    family: "gpt-oss 120B",
    price: [0.15, 0.6],
    profiles: ["us-gov"],
    regionalPrices: { "us-gov": [0.18, 0.72] },
  },
  {
    ...gptOss,
    prefix: "openai.gpt-oss-safeguard-20b",
    family: "gpt-oss Safeguard 20B",
    price: [0.07, 0.2],
  },
  {
    ...gptOss,
    prefix: "openai.gpt-oss-safeguard-120b",
    family: "gpt-oss Safeguard 120B",
    price: [0.15, 0.6],
  },
  // Models newer than this table: what all of them accept.
  { ...gpt6, prefix: "openai.gpt-", family: "GPT", catchAll: true, profiles: [], contextTokens: 1_000_000 },
];
