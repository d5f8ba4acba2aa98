/** `specchat tools --search`: the tools that a model finds with the same words, best first. */
import { StartError } from "../errors.ts";
import { parseJson, stringifyJson } from "../json.ts";
import { ToolSearch } from "../tools/search/search.ts";
import { writeSignature } from "../tools/search/signature.ts";
import type { SearchHit, SearchResult } from "../tools/search/types.ts";
import type { AnyTool } from "../tools/types.ts";

export interface SearchFlags {
  readonly limit: number;
  readonly json: boolean;
  /** Adds the words that matched. */
  readonly explain: boolean;
}

const DEFAULT_LIMIT = 10;

/** @throws StartError */
export function readLimit(text: unknown): number {
  if (typeof text !== "string") return DEFAULT_LIMIT;
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new StartError(`--limit: ${text} is not a whole number from 1 to 9999.`);
  return Number(text);
}

/** Returns the output for one query. */
export async function searchTools(
  tools: readonly AnyTool[],
  query: string,
  { limit, json, explain }: SearchFlags,
): Promise<string> {
  const result = (await ToolSearch.create(tools)).search(query, limit);
  if (json)
    return `${stringifyJson(
      result.hits.map((hit) => toListing(hit, explain)),
      2,
    )}\n`;
  return formatResult(query, result, explain);
}

/**
 * Returns the output for many queries, as JSON: `{indexMs, results: [{query, ms, isConfident, tools}]}`.
 * @param text a JSON array of queries.
 * @throws StartError
 */
export async function searchToolsForAll(
  tools: readonly AnyTool[],
  text: string,
  source: string,
  { limit, explain }: SearchFlags,
): Promise<string> {
  const queries = readQueries(text, source);
  const [search, indexMs] = await measure(() => ToolSearch.create(tools));
  const results = [];
  for (const query of queries) {
    const [{ hits, isConfident }, ms] = await measure(() => search.search(query, limit));
    results.push({ query, ms, isConfident, tools: hits.map((hit) => toListing(hit, explain)) });
  }
  return `${stringifyJson({ indexMs, results }, 2)}\n`;
}

function readQueries(text: string, source: string): readonly string[] {
  const problem = `--search-file ${source}: a JSON array of texts is needed`;
  let queries: unknown;
  try {
    queries = parseJson(text);
  } catch (error) {
    throw new StartError(`${problem}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!Array.isArray(queries)) throw new StartError(`${problem}, not ${typeof queries}.`);
  const wrong = queries.findIndex((query) => typeof query !== "string");
  if (wrong !== -1) throw new StartError(`${problem}: entry ${wrong + 1} is none.`);
  return queries;
}

async function measure<Value>(run: () => Value | Promise<Value>): Promise<[Value, number]> {
  const start = performance.now();
  const value = await run();
  return [value, Math.round((performance.now() - start) * 1000) / 1000];
}

function toListing({ tool, score, reasons }: SearchHit, explain: boolean) {
  const origin =
    "operation" in tool
      ? {
          operationId: tool.operation.operationId,
          method: tool.operation.method,
          path: tool.operation.path,
          summary: tool.operation.summary,
        }
      : { source: tool.source };
  return {
    name: tool.name,
    ...origin,
    score: round(score),
    ...(explain && { reasons: reasons.map((reason) => ({ ...reason, score: round(reason.score) })) }),
  };
}

function formatResult(query: string, { hits, isConfident }: SearchResult, explain: boolean): string {
  const lines = hits.flatMap(({ tool, score, reasons }) => [
    `${score.toFixed(2).padStart(7)}  ${writeSignature(tool)}`,
    ...(explain ? [`${" ".repeat(9)}${reasons.map(formatReason).join(", ")}`] : []),
  ]);
  const note = isConfident ? [] : [`Nothing matches ${JSON.stringify(query)} well.`];
  return [...note, ...lines, ""].join("\n");
}

function formatReason({ word, match, score }: SearchHit["reasons"][number]): string {
  return `${word}${word === match ? "" : ` = ${match}`} ${score.toFixed(2)}`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
