import type { ToolCall, ToolResult } from "../../chat/types.ts";
import { type Ability, type Argument, object } from "./abilities.ts";
import { dataOf, recordsOf } from "./data.ts";
import { valueFor } from "./values.ts";
import { FILLER, IDENTIFIERS, type Intent, VERBS, words } from "./words.ts";

/** What one clause of the sentence asks for. */
export interface Plan {
  readonly ability: Ability;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly missing: readonly Argument[];
}

/** What is known of the records seen: thing → its identifier. */
export interface Facts {
  readonly noun: string;
  readonly identifiers: ReadonlyMap<string, unknown>;
}

/** One plan for each clause that some tool serves; a clause about `its` thing waits until `now` is known. */
export function plan(text: string, abilities: readonly Ability[], before?: Facts, now?: Facts): Plan[] {
  return clauses(text, abilities).flatMap((clause, index) => {
    const pronoun = /\b(it|its|their|them|that|this|his|her)\b/i.test(clause);
    if (pronoun && index > 0 && !now) return [];
    const found = planClause(clause, abilities, pronoun ? (index > 0 ? now : before) : undefined);
    return found ? [found] : [];
  });
}

export function factsOf(
  calls: readonly ToolCall[],
  results: readonly ToolResult[],
  abilities: readonly Ability[],
): Facts | undefined {
  const identifiers = new Map<string, unknown>();
  let noun: string | undefined;
  for (const { callId, name, content, status } of results) {
    const ability = abilities.find((one) => one.name === name);
    const records = recordsOf(dataOf(content)).records;
    if (status === "failed" || !ability) continue;
    noun = ability.noun;
    const sources = [
      ...(records.length === 1 ? records : []),
      calls.find((call) => call.id === callId)?.arguments,
    ];
    for (const [key, value] of sources.flatMap((source) => Object.entries(object(source)))) {
      const own = words(key);
      const id = IDENTIFIERS.has(own.at(-1) ?? "") ? value : object(value).id;
      const owner = own.filter((word) => !IDENTIFIERS.has(word)).at(-1) ?? noun;
      if (id !== undefined && id !== null && !identifiers.has(owner)) identifiers.set(owner, id);
    }
  }
  return noun === undefined ? undefined : { noun, identifiers };
}

/** Splits at `and`, `;` and sentence ends where both sides name a thing; the rest stays together. */
function clauses(text: string, abilities: readonly Ability[]): string[] {
  const plain = text
    .replace(/\bbetween (\S+) and (\S+)/gi, "at least $1 at most $2")
    .replace(/(\w+) #?(\S*\d)['’]s (\w+)/g, "$3 of $1 $2")
    .replace(/^\W*((please|can you|could you|i want to|i would like to|i'd like to|now|then)\b,? ?)+/i, "");
  const parts: string[] = [];
  for (const part of plain.split(/;\s*|[?.!]\s+(?=\S)|,? (?:and|then)(?: then| also)? /i)) {
    const spoken = words(part);
    const whole = /\b(about|saying|because) /i.test(parts.at(-1) ?? "") && !VERBS.read.has(spoken[0] ?? "");
    const own =
      spoken.some((word) => abilities.some(({ noun }) => noun === word)) ||
      intentOf(spoken[0], abilities) !== "read";
    if (parts.length > 0 && (whole || !own)) parts.push(`${parts.pop()} and ${part}`);
    else parts.push(part);
  }
  return parts;
}

/** A verb of a tool's own name counts too (`ship`), unless it is a thing that can be read (`order`). */
function intentOf(verb = "", abilities: readonly Ability[]): Intent {
  const known = (["read", "create", "update", "delete"] as const).find((intent) => VERBS[intent].has(verb));
  const thing = abilities.some((one) => one.intent === "read" && one.noun === verb);
  return (
    known ??
    (!thing && abilities.some((one) => one.intent !== "read" && one.words.has(verb)) ? "act" : "read")
  );
}

function planClause(clause: string, abilities: readonly Ability[], facts?: Facts): Plan | undefined {
  const heard = words(clause);
  const [verb = ""] = heard;
  const intent = intentOf(verb, abilities);
  const things = heard.filter((word, at) =>
    abilities.some((one) => one.noun === word && (at > 0 || intent === "read")),
  );
  const spoken = facts && things.length === 0 ? [...heard, facts.noun] : heard;
  const first = things[0] ?? facts?.noun;
  const rated = abilities.flatMap((ability) => {
    const direct = intent !== "read" && ability.intent !== "read" && ability.words.has(verb);
    if (!direct && (ability.intent !== intent || intent === "act")) return [];
    const shared = [...ability.words].filter(
      (word) => spoken.includes(word) && !FILLER.has(word) && word !== verb,
    );
    if (!direct && shared.length === 0) return [];
    const values: Record<string, unknown> = {};
    for (const argument of ability.arguments) {
      const usable = argument.owner && (argument.required || argument.owner === facts?.noun);
      const known = usable ? facts?.identifiers.get(argument.owner) : undefined;
      const value = valueFor(argument, clause, verb) ?? known;
      if (value !== undefined) values[argument.name] = value;
    }
    const missing = ability.arguments.filter(({ name, required }) => required && !(name in values));
    const score =
      (spoken.includes(ability.noun) ? 4 : 0) +
      (ability.noun === first ? 4 : 0) +
      (direct ? 6 : 0) +
      shared.length +
      Object.keys(values).length +
      (ability.single ? 3 : 0) -
      missing.length * (ability.single ? 9 : 2);
    return [{ score, plan: { ability, arguments: values, missing } }];
  });
  return rated.reduce<(typeof rated)[number] | undefined>(
    (best, one) => (best && best.score >= one.score ? best : one),
    undefined,
  )?.plan;
}
