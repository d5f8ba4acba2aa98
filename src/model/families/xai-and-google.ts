/** The capabilities of xAI's Grok and of Google's Gemma models. */
import { mantleOnly, openWeights, type Row, responsesFirst } from "./row.ts";

const grok = {
  ...responsesFirst,
  reasoningOff: "impossible",
  serviceTiers: ["flex", "priority"],
  profiles: ["us", "global"],
  profileRequired: true,
  surcharge: true,
  contextTokens: 500_000,
  maxOutputTokens: 500_000,
} as const;

const gemma3 = {
  ...openWeights,
  images: true,
  maxOutputTokens: 8192,
} as const;
/** The Responses API accepts the temperature 1 only. */
const gemma4 = {
  ...openWeights,
  ...mantleOnly,
  images: true,
  reasoning: "effort_object",
  reasoningOff: "effort_none",
  efforts: ["low", "medium", "high"],
  sampling: "none",
  contextTokens: 262_144,
} as const;

export const XAI_AND_GOOGLE: readonly Row[] = [
  { ...grok, prefix: "xai.grok-4.6", family: "Grok 4.6", price: [2, 6, 0.5, 0] },
  { ...grok, prefix: "xai.grok-4.7", family: "Grok 4.7", price: [2, 6, 0.5, 0] },
  {
    ...grok,
    ...mantleOnly,
    prefix: "xai.grok-4.3",
    family: "Grok 4.3",
    surcharge: false,
    contextTokens: 1_000_000,
    maxOutputTokens: 131_072,
    price: [1.25, 2.5, 0.2, 0],
  },
  { ...grok, prefix: "xai.grok-", family: "Grok", catchAll: true, profiles: [] },
  { ...gemma3, prefix: "google.gemma-3-4b", family: "Gemma 3 4B", price: [0.04, 0.08] },
  { ...gemma3, prefix: "google.gemma-3-12b", family: "Gemma 3 12B" },
  { ...gemma3, prefix: "google.gemma-3-27b", family: "Gemma 3 27B", price: [0.23, 0.38] },
  { ...gemma4, prefix: "google.gemma-4-31b", family: "Gemma 4 31B", price: [0.14, 0.4] },
  { ...gemma4, prefix: "google.gemma-4-26b", family: "Gemma 4 26B", price: [0.13, 0.4] },
  {
    ...gemma4,
    prefix: "google.gemma-4-e2b",
    family: "Gemma 4 E2B",
    contextTokens: 131_072,
    maxOutputTokens: 8192,
    price: [0.04, 0.08],
  },
  {
    ...gemma4,
    prefix: "google.gemma-",
    family: "Gemma",
    catchAll: true,
    apis: ["responses", "converse"],
    mantlePaths: ["/openai/v1", "/v1"],
    contextTokens: 128_000,
  },
];
