import { stringifyJson } from "../../src/json.ts";
import { filterRecords, isRecord, type Json } from "./refusal.ts";

/** Simulates prompt caching: remembers the prefixes of requests. Estimates four characters per token. */
export class PromptCache {
  readonly #prefixes = new Set<string>();

  /** Records the prefixes of a request and returns its input usage. */
  recordUsage(modelId: string, body: Json): Readonly<Record<string, number>> {
    const { prefixes, prompt } = splitPrefixes(modelId, body);
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

/** Returns the prefix before each cache point, in the order tools, system, messages, and the complete prompt. */
function splitPrefixes(modelId: string, body: Json): { prefixes: readonly string[]; prompt: string } {
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
  return { prefixes, prompt };
}
