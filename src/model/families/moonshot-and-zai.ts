/** The capabilities of Moonshot's Kimi and of Z.ai's GLM models. */
import { openWeights, type Row } from "./row.ts";

const kimi = { ...openWeights, reasoning: "always", reasoningOff: "impossible" } as const;
const kimiK3 = {
  ...kimi,
  apis: ["converse", "responses"],
  endpoint: "runtime",
  images: true,
  cachePoints: ["tools", "system", "messages"],
  minCacheTokens: 1024,
  profiles: ["us", "global"],
  profileRequired: true,
  surcharge: true,
  contextTokens: 1_048_576,
  maxOutputTokens: 128_000,
} as const;
const glm = {
  ...openWeights,
  reasoning: "always",
  reasoningOff: "impossible",
  contextTokens: 202_752,
  maxOutputTokens: 131_072,
} as const;

export const MOONSHOT_AND_ZAI: readonly Row[] = [
  {
    ...kimi,
    prefix: "moonshot.kimi-k2-thinking",
    family: "Kimi K2 Thinking",
    contextTokens: 262_144,
    maxOutputTokens: 16_000,
    price: [0.6, 2.5],
  },
  {
    ...kimi,
    prefix: "moonshotai.kimi-k2.5",
    family: "Kimi K2.5",
    images: true,
    contextTokens: 262_144,
    maxOutputTokens: 16_384,
    price: [0.6, 3],
  },
  { ...kimiK3, prefix: "moonshotai.kimi-k3", family: "Kimi K3", price: [3, 15, 0.3, 3.75] },
  { ...kimiK3, prefix: "moonshotai.kimi-k3.1", family: "Kimi K3.1", price: [4, 20, 0.2, 5] },
  { ...kimi, prefix: "moonshot.kimi", family: "Kimi", catchAll: true },
  { ...kimi, prefix: "moonshotai.kimi", family: "Kimi", catchAll: true },
  { ...glm, prefix: "zai.glm-4.7", family: "GLM 4.7", price: [0.6, 2.2] },
  { ...glm, prefix: "zai.glm-4.7-flash", family: "GLM 4.7 Flash", price: [0.07, 0.4] },
  { ...glm, prefix: "zai.glm-5", family: "GLM 5", price: [1, 3.2] },
  {
    ...glm,
    prefix: "zai.glm-5.3",
    family: "GLM 5.3",
    apis: ["converse", "responses"],
    endpoint: "runtime",
    reasoning: "effort",
    efforts: ["low", "medium", "high"],
    cachePoints: ["tools", "system", "messages"],
    minCacheTokens: 1024,
    profiles: ["us", "global"],
    profileRequired: true,
    surcharge: true,
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    price: [1.68, 5.28, 0.312, 2.1],
  },
  { ...glm, prefix: "zai.glm-", family: "GLM", catchAll: true, contextTokens: 200_000 },
];
