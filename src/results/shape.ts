/** What a model is shown instead of a text that is kept: what it looks like, how much there is, how to reach the rest. Pure. */
import type { Message } from "../chat/types.ts";
import { stringifyJson } from "../json.ts";
import { boundary, chunkCount } from "./chunk.ts";
import type { ToolNames } from "./definitions.ts";
import { listIn } from "./find-list.ts";
import { describeJson } from "./json-shape.ts";
import { readJson } from "./read-json.ts";
import { splitContent } from "./response-head.ts";
import type { KeptResult } from "./types.ts";

/** Characters that samples take at most, in all. */
const MOST = 4000;
const LEAST = 300;

/** @param room characters it should keep to; a few hundred are always used. */
export function describeKept({ id, text, chunkSize }: KeptResult, names: ToolNames, room: number): string {
  const { head, body } = splitContent(text);
  const value = readJson(body);
  const budget = Math.max(LEAST, Math.min(MOST, room - 600));
  const chunks = chunkCount(text, chunkSize);
  const { read, search, query } = names;
  const ways =
    value === undefined
      ? `${read} (chunks 1 to ${chunks}, or lines) and ${search} reach all of it.`
      : `${query} (JMESPath) selects from it; ${read} (chunks 1 to ${chunks}, or lines) and ${search} reach all of it.`;
  const what = value === undefined ? `${lineCount(text)} lines` : "JSON";
  return [
    ...head.map((line) => shortened(line, 300)),
    `[Too long to show whole: ${text.length} characters, ${what}. Kept as ${id}. ${ways}]`,
    value === undefined ? ends(body, budget) : sampled(value, budget),
  ].join("\n");
}

/** How many results a conversation was told of, by what {@link describeKept} said then. */
export function keptSoFar(messages: readonly Message[]): number {
  const texts = messages.flatMap((message) =>
    message.role === "results" ? message.results.map(({ content }) => content) : [],
  );
  const ids = texts.flatMap((text) =>
    [...text.matchAll(/Kept as r(\d{1,9})\./g)].map(([, id]) => Number(id)),
  );
  return Math.max(0, ...ids);
}

function sampled(value: unknown, budget: number): string {
  const shape = shortened(describeJson(value), Math.ceil(budget / 2));
  const { path, list } = listIn(value) ?? { path: "", list: [value] };
  const texts: string[] = [];
  let left = budget - shape.length;
  for (const entry of list.slice(0, 5)) {
    const text = shortened(stringifyJson(entry), Math.max(100, left));
    if (texts.length > 0 && text.length > left) break;
    texts.push(text);
    left -= text.length;
  }
  const name = path === "" ? "" : ` of ${path}`;
  const title = listIn(value) ? `First ${texts.length}${name} (${list.length} in all):` : "Begins:";
  return `Shape: ${shape}\n${title}\n${texts.join("\n")}`;
}

function ends(text: string, budget: number): string {
  const first = text.slice(0, boundary(text, Math.ceil(budget * 0.6)));
  const last = text.slice(boundary(text, text.length - Math.floor(budget * 0.4)));
  return `Begins:\n${first}\n[… ${text.length - first.length - last.length} characters …]\nEnds:\n${last}`;
}

function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, boundary(text, limit))}…`;
}

export function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
