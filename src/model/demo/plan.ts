import type { ToolCall, ToolResult } from "../../chat/types.ts";
import { type Ability, type Argument, object, thing } from "./abilities.ts";
import { recordsOf } from "./answer.ts";
import { valueFor } from "./values.ts";
import { FILLER, type Intent, VERBS, words } from "./words.ts";

/** What one clause asks for. */
export interface Plan {
  readonly ability: Ability;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly missing: readonly Argument[];
}
/** The record spoken of: its thing, and thing → identifier for all it names. */
export interface Facts {
  readonly noun: string;
  readonly identifiers: ReadonlyMap<string, unknown>;
}

/** One plan for each clause that a tool serves. A later clause about `its` thing waits until `now` is known. */
export function plan(text: string, abilities: readonly Ability[], before?: Facts, now?: Facts): Plan[] {
  return clauses(text, abilities).flatMap((clause, index) => {
    const facts = /\b(its?|their|them|that|this)\b/i.test(clause) ? (index > 0 ? now : before) : undefined;
    return !facts && index > 0 && /\b(its|their)\b/i.test(clause) ? [] : planClause(clause, abilities, facts);
  });
}

/** Of the first of the results that is not failed. */
export function factsOf(
  calls: readonly ToolCall[],
  results: readonly ToolResult[],
  abilities: readonly Ability[],
): Facts | undefined {
  const result = results.find(({ status }) => status === "ok");
  const noun = abilities.find(({ name }) => name === result?.name)?.noun;
  if (!result || noun === undefined) return undefined;
  const { records } = recordsOf(result.content);
  const fields = {
    ...calls.find(({ id }) => id === result.callId)?.arguments,
    ...(records.length === 1 ? records[0] : {}),
  };
  const entries = Object.entries(fields).filter(([, value]) => value !== null);
  return {
    noun,
    identifiers: new Map(entries.map(([key, value]) => [thing(words(key), noun), object(value).id ?? value])),
  };
}

/** Splits at `and`, `;` and sentence ends where what follows names a thing or begins with a verb. */
function clauses(text: string, abilities: readonly Ability[]): string[] {
  const plain = text
    .replace(/\bbetween (\S+) and (\S+)/gi, "at least $1 at most $2")
    .replace(/(\w+) #?(\S*\d)['’]s (\w+)/g, "$3 of $1 $2")
    .replace(/^\W*((please|can you|could you|i want to|i'd like to|now|then)\b,? ?)+/i, "")
    .replace(/^open (an? |new )/i, "create $1");
  const parts: string[] = [];
  for (const part of plain.split(/;\s*|[?.!]\s+|,? and (?:then |also )?/i)) {
    const [verb = "", ...others] = words(part);
    const own =
      intentOf(verb, abilities) ??
      [verb, ...others].find((word) => abilities.some(({ noun }) => noun === word));
    parts.push(own || parts.length === 0 ? part : `${parts.pop()} and ${part}`);
  }
  return parts;
}

/** A verb of a tool's own name counts too (`ship`), unless it is a thing that can be read (`order`). */
function intentOf(verb: string, abilities: readonly Ability[]): Intent | undefined {
  const isThing = abilities.some(({ intent, noun }) => intent === "read" && noun === verb);
  const named = !isThing && abilities.some((one) => one.intent !== "read" && one.words.has(verb));
  return VERBS.find(([, pattern]) => pattern.test(verb))?.[0] ?? (named ? "act" : undefined);
}

function planClause(clause: string, abilities: readonly Ability[], facts?: Facts): Plan[] {
  const [verb = "", ...others] = words(clause);
  const asked = intentOf(verb, abilities);
  const heard = asked ? others : [verb, ...others];
  const things = heard.filter((word) => abilities.some(({ noun }) => noun === word));
  const [first = facts?.noun ?? ""] = things;
  const rated = abilities.flatMap((ability) => {
    const direct =
      asked !== undefined && asked !== "read" && ability.intent !== "read" && ability.words.has(verb);
    const shared = [...heard, first].filter((word) => ability.words.has(word) && !FILLER.test(word));
    if (!direct && (ability.intent !== (asked ?? "read") || asked === "act" || shared.length === 0))
      return [];
    const given = ability.arguments.map(({ owner = "", ...rest }): [string, unknown] => {
      const known = rest.required || owner === facts?.noun ? facts?.identifiers.get(owner) : undefined;
      return [rest.name, valueFor({ owner, ...rest }, clause) ?? known];
    });
    const values = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    const missing = ability.arguments.filter(({ name, required }) => required && !(name in values));
    const fit =
      (ability.noun === first ? 8 : things.includes(ability.noun) ? 4 : 0) + (direct ? 6 : 0) + shared.length;
    const weight = ability.single ? 9 : 2;
    const score = fit + Object.keys(values).length + (ability.single ? 3 : 0) - missing.length * weight;
    return [{ score, ability, arguments: values, missing }];
  });
  return rated.toSorted((one, other) => other.score - one.score).slice(0, 1);
}
