/**
 * Simulates the prompt caching of the Responses API by prefix. At breakpoints a prefix is matched exactly; without them the
 * longest prefix of whole items is read. Estimates four characters per token.
 */
import { stringifyJson } from "../../../src/json.ts";
import { filterRecords, type Json } from "../refusal.ts";
import type { ResponsesFamily } from "./surfaces.ts";

/** A shorter prefix is not cached. */
const MIN_TOKENS = 1024;

export class ResponsesCache {
  readonly #prefixes = new Set<string>();

  /** Records the prefixes of a request and returns `usage` without the output. */
  recordUsage(body: Json, cache: ResponsesFamily["cache"]): Readonly<Record<string, unknown>> {
    const { prompt, marked, ends } = splitPrefixes(body);
    const isLong = (prefix: string) => estimateTokens(prefix) >= MIN_TOKENS;
    const candidates = (cache === "breakpoints" ? marked : cache === "automatic" ? ends : []).filter(isLong);
    const read = candidates.findLast((prefix) => this.#prefixes.has(prefix)) ?? "";
    const written = cache === "breakpoints" ? (candidates.at(-1) ?? "") : "";
    for (const prefix of candidates) this.#prefixes.add(prefix);
    const cachedTokens = estimateTokens(read);
    return {
      input_tokens: estimateTokens(prompt),
      input_tokens_details: {
        cached_tokens: cachedTokens,
        cache_write_tokens: Math.max(0, estimateTokens(written) - cachedTokens),
      },
    };
  }
}

function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** Returns the prompt in the order tools, instructions, input; its prefixes at breakpoints; and at the ends of items. */
function splitPrefixes({ model, tools, instructions, input, prompt_cache_options: options }: Json) {
  let prompt = stringifyJson([model, tools ?? [], instructions ?? ""]);
  const marked: string[] = [];
  const ends: string[] = [];
  const items = filterRecords(input);
  for (const [index, item] of items.entries()) {
    const { content, output, ...rest } = item;
    prompt += stringifyJson(rest);
    const parts = content ?? output;
    for (const part of typeof parts === "string" ? [{ text: parts }] : filterRecords(parts)) {
      const { prompt_cache_breakpoint: breakpoint, type: _type, ...shown } = part as Json;
      prompt += stringifyJson(shown);
      if (breakpoint !== undefined) marked.push(prompt);
    }
    ends.push(prompt);
    const isImplicit = index === items.length - 1 && (options as Json | undefined)?.mode !== "explicit";
    if (isImplicit && marked.at(-1) !== prompt) marked.push(prompt);
  }
  return { prompt, marked, ends };
}
