/** Describes a stored result to the model: its shape, its size, a sample, and how to read the rest. Pure. */
import type { Message } from "../chat/types.ts";
import { isObject, stringifyJson } from "../json.ts";
import { chunkCount, safeBoundary } from "./chunk.ts";
import type { BuiltinToolNames } from "./definitions.ts";
import { findList } from "./find-list.ts";
import { describeJson } from "./json-shape.ts";
import { readJson } from "./read-json.ts";
import { splitContent } from "./response-head.ts";
import type { StoredResult } from "./types.ts";

/** Limits of the sample, in characters. */
const MAX_SAMPLE_LENGTH = 4000;
const MIN_SAMPLE_LENGTH = 300;

/**
 * @param budget the target length in characters. A few hundred are always used.
 * @param read parses the body. Returns undefined for a body that is described as text.
 */
export function describeStored(
  { id, text, chunkSize }: StoredResult,
  names: BuiltinToolNames,
  budget: number,
  read: (body: string) => unknown = readJson,
): string {
  const { head, body } = splitContent(text);
  const value = read(body);
  const sampleBudget = Math.max(MIN_SAMPLE_LENGTH, Math.min(MAX_SAMPLE_LENGTH, budget - 600));
  const chunks = chunkCount(text, chunkSize);
  const { read: readTool, search, query } = names;
  const accessHint =
    value === undefined
      ? `${readTool} (chunks 1 to ${chunks}, or lines) and ${search} reach all of it.`
      : `${query} (JMESPath) selects from it; ${readTool} (chunks 1 to ${chunks}, or lines) and ${search} reach all of it.`;
  const kind = value === undefined ? `${countLines(text)} lines` : "JSON";
  return [
    ...head.map((line) => truncateText(line, 300)),
    `[Too long to show whole: ${text.length} characters, ${kind}. Kept as ${id}. ${accessHint}]`,
    value === undefined ? formatEnds(body, sampleBudget) : formatSample(value, sampleBudget),
  ].join("\n");
}

/** Returns the number of records of a response that is a list or the envelope of one. Undefined for a record, which may hold lists too. */
export function countRows(value: unknown): number | undefined {
  const isRecord = isObject(value) && ["id", "_id", "uuid"].some((name) => Object.hasOwn(value, name));
  return isRecord ? undefined : findList(value)?.list.length;
}

/** Returns the highest result number in a history, from the texts of {@link describeStored}. */
export function lastResultNumber(messages: readonly Message[]): number {
  const texts = messages.flatMap((message) =>
    message.role === "results" ? message.results.map(({ content }) => content) : [],
  );
  const ids = texts.flatMap((text) =>
    [...text.matchAll(/Kept as r(\d{1,9})\./g)].map(([, id]) => Number(id)),
  );
  return Math.max(0, ...ids);
}

function formatSample(value: unknown, budget: number): string {
  const shape = truncateText(describeJson(value), Math.ceil(budget / 2));
  const { path, list } = findList(value) ?? { path: "", list: [value] };
  const texts: string[] = [];
  let remaining = budget - shape.length;
  for (const entry of list.slice(0, 5)) {
    const text = truncateText(stringifyJson(entry), Math.max(100, remaining));
    if (texts.length > 0 && text.length > remaining) break;
    texts.push(text);
    remaining -= text.length;
  }
  const name = path === "" ? "" : ` of ${path}`;
  const title = findList(value) ? `First ${texts.length}${name} (${list.length} in all):` : "Begins:";
  return `Shape: ${shape}\n${title}\n${texts.join("\n")}`;
}

function formatEnds(text: string, budget: number): string {
  const first = text.slice(0, safeBoundary(text, Math.ceil(budget * 0.6)));
  const last = text.slice(safeBoundary(text, text.length - Math.floor(budget * 0.4)));
  return `Begins:\n${first}\n[… ${text.length - first.length - last.length} characters …]\nEnds:\n${last}`;
}

function truncateText(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, safeBoundary(text, limit))}…`;
}

export function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
