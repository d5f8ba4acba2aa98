import { parseJson } from "../../json.ts";
import { type Ability, type Fields, kindOf, object, type Parameter, words } from "./ability.ts";

/** What one clause asks for. */
export type Plan = {
  readonly ability: Ability;
  readonly values: Fields;
  readonly missing: readonly Parameter[];
};

/** Words in a parameter's name that make it a bound → how one speaks of it. */
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
/** What introduces a text that is not named → the parameters such a text is for. */
const CUES: readonly (readonly [string, RegExp])[] = [
  [`(?:called|named|titled|about|matching) ${TEXT}`, /name|title|subject|topic|search|^q$|query|keyword/i],
  [`by ${TEXT}`, /author|creator|assignee/i],
  ["saying (.+)", /message|text|body|comment|content/i],
];

/** One plan for each clause that a tool serves. `and` begins a clause where a verb follows, or one more thing to read. */
export function plan(text: string, abilities: readonly Ability[]): Plan[] {
  const clauses: string[] = [];
  for (const part of text.split(/;\s*|[?.!]\s+|,? and (?:then |also )?/i)) {
    const heard = words(part);
    const [previous] = clauses.slice(-1);
    const reads = askedFor(previous ?? "", abilities).every(({ kind }) => kind === "read");
    const isNext = kindOf(heard[0] ?? "") || (reads && abilities.some(({ noun }) => heard.includes(noun)));
    clauses.push(previous === undefined || isNext ? part : `${clauses.pop()} and ${part}`);
  }
  return clauses.flatMap((clause) => planClause(clause, abilities));
}

/** The tools the clause's verb allows: nothing is changed unless its first word asks for it. */
function askedFor(clause: string, abilities: readonly Ability[]): readonly Ability[] {
  const verb = words(clause).find((word) => !/^(please|can|could|you|i|want|to|now)$/.test(word)) ?? "";
  const reading = abilities.filter(({ kind }) => kind === "read");
  if (reading.some(({ noun }) => noun === verb)) return reading;
  const named = abilities.filter((one) => one.kind !== "read" && one.words.includes(verb));
  return named.length > 0 ? named : abilities.filter(({ kind }) => kind === (kindOf(verb) ?? "read"));
}

/** The tool most of whose name is said, best the thing said first; one that reads had better need no more. */
function planClause(clause: string, abilities: readonly Ability[]): Plan[] {
  const heard = words(clause);
  const head = heard.find((word) => abilities.some(({ noun }) => noun === word));
  const rated = askedFor(clause, abilities).flatMap((ability) => {
    const said = ability.words.filter((word) => heard.includes(word)).length;
    if (said === 0) return [];
    const read = ability.parameters.map((one) => ({ ...one, value: valueFor(one, clause, ability.noun) }));
    const given = read.filter(({ value }) => value !== undefined);
    const values = Object.fromEntries(given.map(({ name, value }) => [name, value]));
    const missing = read.filter(({ required, value }) => required && value === undefined);
    const fit = 4 * said - 3 * (ability.words.length - said) + (ability.noun === head ? 2 : 0);
    const needs = missing.length * (ability.kind === "read" ? 6 : 1);
    return [{ score: fit + given.length - needs, ability, values, missing }];
  });
  return rated.toSorted((one, other) => other.score - one.score).slice(0, 1);
}

/** Reads one parameter's value out of a clause; undefined when it says nothing of it. */
function valueFor({ name, schema }: Parameter, clause: string, noun: string): unknown {
  const heard = words(clause).join(" ");
  const says = (phrase: string) => phrase !== "" && ` ${heard} `.includes(` ${phrase} `);
  const choices = [schema.enum ?? object(schema.items).enum ?? []].flat().map(String);
  const choice = choices.find((one) => says(words(one).join(" ")));
  if (choices.length > 0) return choice && schema.type === "array" ? [choice] : choice;
  const [type] = [schema.type ?? "string"].flat();
  if (type === "boolean") {
    const phrase = words(name.replace(/^(is|in|has|only)(?=[A-Z_])/, "")).join(" ");
    return ["not", "no", "out of"].some((no) => says(`${no} ${phrase}`)) ? false : says(phrase) || undefined;
  }
  const isNumber = type === "integer" || type === "number";
  if (!isNumber && type !== "string") return undefined;
  const patterns = patternsFor(name, clause, noun, isNumber);
  const found = patterns.map((one) => new RegExp(`(?:^|\\W)${one}`, "i").exec(clause)?.[1]).find(Boolean);
  return found && isNumber ? parseJson(found) : found?.replace(/^"|"$|^(an?|the) /gi, "");
}

/** How one speaks of a number or a text: bounded, named, or after a cue. */
function patternsFor(name: string, clause: string, noun: string, isNumber: boolean): readonly string[] {
  const own = words(name);
  const core = own.filter((word) => !IDENTIFIER.test(word));
  const [, bound] = BOUNDS.find(([names]) => own.some((word) => names.test(word))) ?? [];
  // `under 300 pages` bounds what counts pages; a price needs only `dollars`, or no unit at all.
  const isPrice = /price|cost|total|amount/i.test(name) && /[$€£]|dollar|euro|\d\W*$/i.test(clause);
  if (bound && isNumber && !isPrice && !words(clause).some((word) => own.includes(word))) return [];
  if (bound) return [`${bound} ${isNumber ? NUMBER : DATE}`];
  const value = isNumber ? NUMBER : core.length < own.length ? WORD : TEXT;
  const phrases = [own.join("[ _-]?"), core.join("[ _-]?") || noun].filter((phrase) => phrase !== "");
  const cues = isNumber ? [] : CUES.filter(([, names]) => names.test(name)).map(([cue]) => cue);
  return [...phrases.map((phrase) => `${phrase}(?: of .+? to| is| to| id|:)? ${value}`), ...cues];
}
