/** The capabilities of Cohere and AI21 models. */
import { noTools, openWeights, type Row } from "./row.ts";

const command = {
  ...openWeights,
  stopSequences: true,
  documents: true,
  maxOutputTokens: 4096,
  endOfLife: "2026-08-19",
} as const;
const jamba = {
  ...openWeights,
  stopSequences: true,
  documents: true,
  contextTokens: 256_000,
  maxOutputTokens: 4096,
  endOfLife: "2026-11-26",
} as const;
const jurassic = {
  ...noTools,
  systemPrompt: false,
  streaming: false,
  stopSequences: true,
  documents: false,
  contextTokens: 8191,
  maxOutputTokens: 8191,
  endOfLife: "2026",
} as const;

export const COHERE_AND_AI21: readonly Row[] = [
  {
    ...command,
    prefix: "cohere.command-r-v1",
    family: "Command R",
    price: [0.5, 1.5],
  },
  {
    ...command,
    prefix: "cohere.command-r-plus",
    family: "Command R+",
    price: [3, 15],
  },
  {
    ...jamba,
    prefix: "ai21.jamba-1-5-mini",
    family: "Jamba 1.5 Mini",
    price: [0.2, 0.4],
  },
  {
    ...jamba,
    prefix: "ai21.jamba-1-5-large",
    family: "Jamba 1.5 Large",
    price: [2, 8],
  },
  {
    ...noTools,
    prefix: "ai21.jamba-instruct",
    family: "Jamba Instruct",
    endOfLife: "2026",
    stopSequences: true,
    documents: false,
    contextTokens: 256_000,
    maxOutputTokens: 4096,
    price: [0.5, 0.7],
  },
  {
    ...jurassic,
    prefix: "ai21.j2-mid",
    family: "Jurassic-2 Mid",
    price: [12.5, 12.5],
  },
  {
    ...jurassic,
    prefix: "ai21.j2-ultra",
    family: "Jurassic-2 Ultra",
    price: [18.8, 18.8],
  },
];
