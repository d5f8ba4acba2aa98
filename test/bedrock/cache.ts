import { stringifyJson } from "../../src/json.ts";
import { isRecord, type Json, records } from "./refusal.ts";

/** Prompt caching: what of a request's prefix an earlier request had written. Four characters to the token. */
export class PromptCache {
  readonly #written = new Set<string>();

  usage(modelId: string, body: Json): Readonly<Record<string, number>> {
    const { prefixes, whole } = prefixesOf(modelId, body);
    const read = prefixes.findLast((prefix) => this.#written.has(prefix))?.length ?? 0;
    const written = prefixes.at(-1)?.length ?? 0;
    for (const prefix of prefixes) this.#written.add(prefix);
    return {
      inputTokens: tokens(whole.length - Math.max(read, written)),
      cacheReadInputTokens: tokens(read),
      cacheWriteInputTokens: tokens(Math.max(0, written - read)),
    };
  }
}

function tokens(characters: number): number {
  return Math.ceil(characters / 4);
}

/** Everything up to each cachePoint, in the order tools, system, messages. */
function prefixesOf(modelId: string, body: Json): { prefixes: readonly string[]; whole: string } {
  let whole = modelId;
  const prefixes: string[] = [];
  const add = (block: Json) => {
    if ("cachePoint" in block) prefixes.push(whole);
    else whole += stringifyJson(block);
  };
  for (const tool of records(isRecord(body.toolConfig) ? body.toolConfig.tools : [])) add(tool);
  for (const block of records(body.system)) add(block);
  for (const message of records(body.messages)) {
    whole += `\n${String(message.role)}\n`;
    for (const block of records(message.content)) add(block);
  }
  return { prefixes, whole };
}
