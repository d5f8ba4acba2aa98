import { stringifyJson } from "../../src/json.ts";
import { filterRecords, isRecord, type Json } from "./refusal.ts";

/** Prompt caching: what of a request's prefix an earlier request had written. Four characters to the token. */
export class PromptCache {
  readonly #prefixes = new Set<string>();

  recordUsage(modelId: string, body: Json): Readonly<Record<string, number>> {
    const { prefixes, whole: prompt } = splitPrefixes(modelId, body);
    const read = prefixes.findLast((prefix) => this.#prefixes.has(prefix))?.length ?? 0;
    const written = prefixes.at(-1)?.length ?? 0;
    for (const prefix of prefixes) this.#prefixes.add(prefix);
    return {
      inputTokens: estimateTokens(prompt.length - Math.max(read, written)),
      cacheReadInputTokens: estimateTokens(read),
      cacheWriteInputTokens: estimateTokens(Math.max(0, written - read)),
    };
  }
}

function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}

/** Everything up to each cachePoint, in the order tools, system, messages. */
function splitPrefixes(modelId: string, body: Json): { prefixes: readonly string[]; whole: string } {
  let prompt = modelId;
  const prefixes: string[] = [];
  const add = (block: Json) => {
    if ("cachePoint" in block) prefixes.push(prompt);
    else prompt += stringifyJson(block);
  };
  for (const tool of filterRecords(isRecord(body.toolConfig) ? body.toolConfig.tools : [])) add(tool);
  for (const block of filterRecords(body.system)) add(block);
  for (const message of filterRecords(body.messages)) {
    prompt += `\n${String(message.role)}\n`;
    for (const block of filterRecords(message.content)) add(block);
  }
  return { prefixes, whole: prompt };
}
