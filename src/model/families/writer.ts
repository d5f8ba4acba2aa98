/** The capabilities of Writer's Palmyra models. */
import { noTools, openWeights, type Row } from "./row.ts";

const palmyra = {
  ...openWeights,
  documents: true,
  reasoning: "always",
  reasoningOff: "impossible",
  profiles: ["us"],
  maxOutputTokens: 8192,
} as const;

export const WRITER: readonly Row[] = [
  { ...palmyra, prefix: "writer.palmyra-x4", family: "Palmyra X4", contextTokens: 122_880, price: [2.5, 10] },
  {
    ...palmyra,
    prefix: "writer.palmyra-x5",
    family: "Palmyra X5",
    contextTokens: 1_040_000,
    price: [0.6, 6],
  },
  { ...noTools, prefix: "writer.palmyra-vision-7b", family: "Palmyra Vision 7B", images: true },
  { ...palmyra, prefix: "writer.palmyra-", family: "Palmyra", catchAll: true, profiles: [] },
];
