/**
 * The capabilities and prices of every model family on Bedrock, one row each. Sources: the AWS pages "Supported
 * models and model features" (Converse), "Prompt caching for faster model inference", "Inference request parameters",
 * "Model lifecycle", the published prices (USD per million tokens: input, output, cache read, cache write for five
 * minutes), and known error messages of the service.
 */
import type { Price } from "./capabilities-columns.ts";
import { AMAZON } from "./families/amazon.ts";
import { ANTHROPIC } from "./families/anthropic.ts";
import { COHERE_AND_AI21 } from "./families/cohere-and-ai21.ts";
import { META } from "./families/meta.ts";
import { MISTRAL } from "./families/mistral.ts";
import { OPEN_WEIGHTS } from "./families/open-weights.ts";
import type { Row } from "./families/row.ts";

export type { Row } from "./families/row.ts";

export const ROWS: readonly Row[] = [
  ...ANTHROPIC,
  ...AMAZON,
  ...META,
  ...MISTRAL,
  ...COHERE_AND_AI21,
  ...OPEN_WEIGHTS,
];

export function priceOf(row: Row): Price | null {
  if (!row.price) return null;
  const [input, output, cacheRead, cacheWrite] = row.price;
  return { input, output, cacheRead: cacheRead ?? input, cacheWrite: cacheWrite ?? input };
}
