/** An inverted index over the words of tools. Weights are precomputed, so that a query only adds numbers. */
import type { AnyTool } from "../types.ts";
import { expandAbbreviation } from "./abbreviations.ts";
import { findRoot } from "./derived-forms.ts";
import { collectFields } from "./fields.ts";
import type { SearchFields, VerbClass } from "./types.ts";
import { classifyVerb } from "./verbs.ts";
import { listBaseForms, STOP_WORDS, stem } from "./words.ts";

/** The tools that have a word, in their order, and how much the word says about each: 0 to 1, saturated as in BM25F. */
interface Postings {
  readonly tools: Int32Array;
  readonly weights: Float32Array;
  /** The inverse document frequency. */
  readonly rarity: number;
}

/** What a search knows about one tool beside its postings. */
export interface IndexedTool {
  readonly tool: AnyTool;
  readonly verb: VerbClass | undefined;
  /** The nouns that the operation is about, from its name and summary. */
  readonly nouns: readonly string[];
  readonly resource: readonly string[];
  /** The words of its name, summary, path and tags. */
  readonly subject: ReadonlySet<string>;
  readonly isDeprecated: boolean;
}

export interface SearchIndex {
  readonly entries: readonly IndexedTool[];
  readonly postings: ReadonlyMap<string, Postings>;
  /** Neighbouring words of names and summaries: `pull request`. */
  readonly phrases: ReadonlySet<string>;
  /** Root → the words of names, summaries, paths and tags with it. */
  readonly roots: ReadonlyMap<string, readonly string[]>;
  /** Returns the form of a word that is indexed: singular, without an abbreviation, the base form of a verb. */
  normalize(word: string): string;
}

type Field = Exclude<keyof SearchFields, "verb">;

/** How much a word in a field says, and how strongly long fields are discounted. */
const FIELDS: readonly (readonly [Field, number, number])[] = [
  ["name", 3, 0.4],
  ["resource", 2.5, 0.3],
  ["summary", 3, 0.4],
  ["path", 1.5, 0.3],
  ["tags", 1, 0.2],
  ["examples", 1.5, 0.5],
  ["actions", 2, 0.2],
  ["inputs", 0.5, 0.6],
  ["text", 0.5, 0.6],
];

/** The saturation of BM25: a word that occurs often says little more than one that occurs twice. */
const SATURATION = 2;

/** Tools that are read between two pauses: a few milliseconds. */
const SLICE = 40;

/** @param pause lets the process serve others between slices of the work. */
export async function buildSearchIndex(
  tools: readonly AnyTool[],
  pause: () => Promise<void>,
): Promise<SearchIndex> {
  const fields: SearchFields[] = [];
  for (const [index, tool] of tools.entries()) {
    if (index % SLICE === SLICE - 1) await pause();
    fields.push(collectFields(tool));
  }
  const normalize = createNormalizer(fields);
  const collector = new PostingsCollector(normalize);
  const averages = FIELDS.map(([field]) => Math.max(1, mean(fields.map((texts) => texts[field].length))));
  for (const [tool, texts] of fields.entries()) {
    if (tool % SLICE === SLICE - 1) await pause();
    FIELDS.forEach(([field, weight, discount], index) => {
      const words = texts[field];
      const share = weight / (1 - discount + (discount * words.length) / (averages[index] ?? 1));
      for (const word of words) collector.add(word, tool, share);
    });
  }
  await pause();
  const entries = tools.map((tool, index) => describeTool(tool, fields[index], normalize));
  const phrases = collectPhrases(fields, normalize);
  const postings = collector.finish(tools.length);
  return { entries, postings, phrases, roots: collectRoots(entries), normalize };
}

/** Groups the words of names, summaries, paths and tags by their root. */
function collectRoots(entries: readonly IndexedTool[]): ReadonlyMap<string, readonly string[]> {
  const words = new Set(entries.flatMap(({ subject }) => [...subject]));
  return Map.groupBy(words, findRoot);
}

function collectPhrases(
  fields: readonly SearchFields[],
  normalize: (word: string) => string,
): ReadonlySet<string> {
  const phrases = new Set<string>();
  for (const { name, summary } of fields)
    for (const words of [name, summary])
      for (let index = 1; index < words.length; index++)
        phrases.add(`${normalize(words[index - 1] ?? "")} ${normalize(words[index] ?? "")}`);
  return phrases;
}

/** Adds up how much each word says about each tool. Tools are added in their order. */
class PostingsCollector {
  readonly #normalize: (word: string) => string;
  readonly #lists = new Map<string, { readonly tools: number[]; readonly sums: number[] }>();

  constructor(normalize: (word: string) => string) {
    this.#normalize = normalize;
  }

  add(word: string, tool: number, share: number): void {
    const key = this.#normalize(word);
    let list = this.#lists.get(key);
    if (!list) {
      list = { tools: [], sums: [] };
      this.#lists.set(key, list);
    }
    const { tools, sums } = list;
    const last = tools.length - 1;
    if (tools[last] === tool) sums[last] = (sums[last] ?? 0) + share;
    else {
      tools.push(tool);
      sums.push(share);
    }
  }

  finish(count: number): Map<string, Postings> {
    const postings = new Map<string, Postings>();
    for (const [word, { tools, sums }] of this.#lists) {
      if (STOP_WORDS.has(word)) continue;
      const weights = Float32Array.from(sums, (sum) => sum / (SATURATION + sum));
      const rarity = Math.log(1 + (count - tools.length + 0.5) / (tools.length + 0.5));
      postings.set(word, { tools: Int32Array.from(tools), weights, rarity });
    }
    return postings;
  }
}

/**
 * Creates the function that reduces a word to the form that is indexed. A verb form counts as the verb when the verb is
 * known or occurs in the names and summaries of the tools.
 */
function createNormalizer(fields: readonly SearchFields[]): (word: string) => string {
  const known = new Set(fields.flatMap(({ name, summary }) => [...name, ...summary]));
  const forms = new Map<string, string>();
  return (word) => {
    const form = forms.get(word);
    if (form !== undefined) return form;
    const singular = expandAbbreviation(stem(word));
    const base = listBaseForms(singular).find((verb) => classifyVerb(verb) !== undefined || known.has(verb));
    const normalized = base ?? singular;
    if (forms.size < MAX_FORMS) forms.set(word, normalized);
    return normalized;
  };
}

/** The words of queries come from outside, so they are not kept for ever. */
const MAX_FORMS = 50_000;

function describeTool(
  tool: AnyTool,
  fields: SearchFields | undefined,
  normalize: (word: string) => string,
): IndexedTool {
  const nouns = [...(fields?.summary ?? []), ...(fields?.name ?? [])].filter(
    (word) => !STOP_WORDS.has(word) && classifyVerb(word) === undefined,
  );
  return {
    tool,
    verb: fields?.verb,
    nouns: [...new Set(nouns.map(normalize))],
    resource: [...new Set((fields?.resource ?? []).map(normalize))],
    subject: new Set([...nouns, ...(fields?.path ?? []), ...(fields?.tags ?? [])].map(normalize)),
    isDeprecated: "operation" in tool && tool.operation.deprecated,
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
