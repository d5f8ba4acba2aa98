/**
 * The capabilities and prices of every model family on Bedrock, one row each. Sources: the AWS pages "Supported
 * models and model features" (Converse), "Endpoint availability", "Prompt caching for faster model inference",
 * "Inference request parameters", "Model lifecycle", the model cards, the published prices (USD per million tokens:
 * input, output, cache read, cache write for five minutes), and known error messages of the service.
 */
import { AMAZON } from "./families/amazon.ts";
import { ANTHROPIC } from "./families/anthropic.ts";
import { COHERE_AND_AI21 } from "./families/cohere-and-ai21.ts";
import { META } from "./families/meta.ts";
import { MISTRAL } from "./families/mistral.ts";
import { MOONSHOT_AND_ZAI } from "./families/moonshot-and-zai.ts";
import { OPEN_WEIGHTS } from "./families/open-weights.ts";
import { OPENAI } from "./families/openai.ts";
import type { Row } from "./families/row.ts";
import { WRITER } from "./families/writer.ts";
import { XAI_AND_GOOGLE } from "./families/xai-and-google.ts";

export type { Row } from "./families/row.ts";

export const ROWS: readonly Row[] = [
  ...ANTHROPIC,
  ...AMAZON,
  ...OPENAI,
  ...XAI_AND_GOOGLE,
  ...META,
  ...MISTRAL,
  ...MOONSHOT_AND_ZAI,
  ...OPEN_WEIGHTS,
  ...WRITER,
  ...COHERE_AND_AI21,
];
