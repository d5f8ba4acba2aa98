/** Plans tool calls from a user message. */
import { parseJson } from "../../json.ts";
import {
  type DemoParameter,
  type DemoTool,
  extractWords,
  type JsonFields,
  toObject,
  verbKind,
} from "./demo-tool.ts";

/** The call that one clause asks for. */
export type DemoPlan = {
  readonly tool: DemoTool;
  readonly values: JsonFields;
  readonly missing: readonly DemoParameter[];
};

/** Words that mark a parameter as a bound → phrases that introduce its value. */
const BOUNDS: readonly (readonly [RegExp, string])[] = [
  [
    /^(max|lte?|before|until)$/,
    "(?:under|below|less than|cheaper than|at most|up to|before|between \\S+ and)",
  ],
  [/^(min|gte?|after|since)$/, "(?:over|above|more than|at least|after|since|from|between)"],
];
const IDENTIFIER = /^(id|number|key|code|slug|uuid|isbn|sku)$/;
const NUMBER = "[#$€£]*(-?(?:0|[1-9]\\d*)(?:\\.\\d+)?)(?![\\w-])";
const DATE = "(\\d{4}-\\d\\d-\\d\\d)";
const WORD = "#?([\\w-]*\\d[\\w-]*|[\\w-]+(?=\\W*$))";
const TEXT = '(?!of |and |that |is )(".+?"|.+?(?=[,;]| (?:and|with|for|in|at|about|saying|do)\\b|[.?!]*$))';
/** Phrases that introduce an unnamed text → names of parameters that take such a text. */
const CUES: readonly (readonly [string, RegExp])[] = [
  [`(?:called|named|titled|about|matching) ${TEXT}`, /name|title|subject|topic|search|^q$|query|keyword/i],
  [`by ${TEXT}`, /author|creator|assignee/i],
  ["saying (.+)", /message|text|body|comment|content/i],
];

/** Returns one plan per clause that matches a tool. `and` begins a clause before a verb, or before a noun to read. */
export function planCalls(text: string, demoTools: readonly DemoTool[]): DemoPlan[] {
  const clauses: string[] = [];
  for (const part of text.split(/;\s*|[?.!]\s+|,? and (?:then |also )?/i)) {
    const partWords = extractWords(part);
    const [previous] = clauses.slice(-1);
    const reads = selectCandidates(previous ?? "", demoTools).every(({ kind }) => kind === "read");
    const isNext =
      verbKind(partWords[0] ?? "") || (reads && demoTools.some(({ noun }) => partWords.includes(noun)));
    clauses.push(previous === undefined || isNext ? part : `${clauses.pop()} and ${part}`);
  }
  return clauses.flatMap((clause) => planClause(clause, demoTools));
}

/** Returns the tools that the verb of the clause allows. Only an explicit verb selects a tool that changes data. */
function selectCandidates(clause: string, demoTools: readonly DemoTool[]): readonly DemoTool[] {
  const verb =
    extractWords(clause).find((word) => !/^(please|can|could|you|i|want|to|now)$/.test(word)) ?? "";
  const reading = demoTools.filter(({ kind }) => kind === "read");
  if (reading.some(({ noun }) => noun === verb)) return reading;
  const named = demoTools.filter((one) => one.kind !== "read" && one.words.includes(verb));
  return named.length > 0 ? named : demoTools.filter(({ kind }) => kind === (verbKind(verb) ?? "read"));
}

/**
 * Plans the tool with the most topic words in the clause; prefers its first noun and, to read, no missing parameters.
 */
function planClause(clause: string, demoTools: readonly DemoTool[]): DemoPlan[] {
  const clauseWords = extractWords(clause);
  const head = clauseWords.find((word) => demoTools.some(({ noun }) => noun === word));
  const rated = selectCandidates(clause, demoTools).flatMap((tool) => {
    const mentioned = tool.words.filter((word) => clauseWords.includes(word)).length;
    if (mentioned === 0) return [];
    const parameterValues = tool.parameters.map((one) => ({
      ...one,
      value: extractValue(one, clause, tool.noun),
    }));
    const found = parameterValues.filter(({ value }) => value !== undefined);
    const values = Object.fromEntries(found.map(({ name, value }) => [name, value]));
    const missing = parameterValues.filter(({ required, value }) => required && value === undefined);
    const matchScore = 4 * mentioned - 3 * (tool.words.length - mentioned) + (tool.noun === head ? 2 : 0);
    const needs = missing.length * (tool.kind === "read" ? 6 : 1);
    return [{ score: matchScore + found.length - needs, tool, values, missing }];
  });
  return rated.toSorted((one, other) => other.score - one.score).slice(0, 1);
}

/** Extracts a parameter's value from a clause; undefined when the clause does not contain it. */
function extractValue({ name, schema }: DemoParameter, clause: string, noun: string): unknown {
  const clauseWords = extractWords(clause).join(" ");
  const mentions = (phrase: string) => phrase !== "" && ` ${clauseWords} `.includes(` ${phrase} `);
  const choices = [schema.enum ?? toObject(schema.items).enum ?? []].flat().map(String);
  const choice = choices.find((one) => mentions(extractWords(one).join(" ")));
  if (choices.length > 0) return choice && schema.type === "array" ? [choice] : choice;
  const [type] = [schema.type ?? "string"].flat();
  if (type === "boolean") {
    const phrase = extractWords(name.replace(/^(is|in|has|only)(?=[A-Z_])/, "")).join(" ");
    return ["not", "no", "out of"].some((no) => mentions(`${no} ${phrase}`))
      ? false
      : mentions(phrase) || undefined;
  }
  const isNumber = type === "integer" || type === "number";
  if (!isNumber && type !== "string") return undefined;
  const patterns = buildPatterns(name, clause, noun, isNumber);
  const found = patterns.map((one) => new RegExp(`(?:^|\\W)${one}`, "i").exec(clause)?.[1]).find(Boolean);
  return found && isNumber ? parseJson(found) : found?.replace(/^"|"$|^(an?|the) /gi, "");
}

/** Returns patterns that find a number or a text: as a bound, by its name, or after a cue. */
function buildPatterns(name: string, clause: string, noun: string, isNumber: boolean): readonly string[] {
  const nameWords = extractWords(name);
  const coreWords = nameWords.filter((word) => !IDENTIFIER.test(word));
  const [, bound] = BOUNDS.find(([names]) => nameWords.some((word) => names.test(word))) ?? [];
  // `under 300 pages` is a bound for a page count; a bound for a price needs a currency or no unit.
  const isPrice = /price|cost|total|amount/i.test(name) && /[$€£]|dollar|euro|\d\W*$/i.test(clause);
  if (bound && isNumber && !isPrice && !extractWords(clause).some((word) => nameWords.includes(word)))
    return [];
  if (bound) return [`${bound} ${isNumber ? NUMBER : DATE}`];
  const value = isNumber ? NUMBER : coreWords.length < nameWords.length ? WORD : TEXT;
  const phrases = [nameWords.join("[ _-]?"), coreWords.join("[ _-]?") || noun].filter(
    (phrase) => phrase !== "",
  );
  const cues = isNumber ? [] : CUES.filter(([, names]) => names.test(name)).map(([cue]) => cue);
  return [...phrases.map((phrase) => `${phrase}(?: of .+? to| is| to| id|:)? ${value}`), ...cues];
}
