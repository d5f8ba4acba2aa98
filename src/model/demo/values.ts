import type { Argument } from "./abilities.ts";
import { says, words } from "./words.ts";

const QUOTED = `["“']([^"”]+?)["”'](?=\\W|$)`;
const PHRASE = `(?:an? |the )?(.+?)(?=,|;| and | with | for | in | at | about | saying | do you |[.?!]*$)`;
const UPPER = /^(max|maximum|lte?|below|under|upper|highest|most|before|until|to)$/;
const LOWER = /^(min|minimum|gte?|above|over|lower|lowest|least|after|since|from)$/;
const MONEY = /price|cost|total|amount/;
const PRICED = "[$€£] ?(\\d+(?:\\.\\d+)?)|(\\d+(?:\\.\\d+)?) (?:dollar|euro|usd|eur)";
/** Words that introduce a free text → the arguments such a text is for. */
const CUES: readonly (readonly [string, RegExp])[] = [
  ["about|regarding|concerning", /^(subject|title|topic|summary|search|q|query|keyword|term)$/],
  ["called|named|titled", /^(name|title|search|q|query|keyword|term)$/],
  ["saying|that says", /^(message|text|body|comment|content)$/],
  ["because", /^(reason|comment|note)$/],
  ["by", /^(author|creator|owner|assignee)$/],
  ["matching|containing|search for|products? for", /^(search|q|query|keyword|term)$/],
];

/** Reads one argument's value out of a clause; undefined when it says nothing of it. */
export function valueFor(argument: Argument, clause: string): unknown {
  const { choices, type, owner, words: own } = argument;
  const heard = words(clause);
  if (own.includes("sort")) return sorting(choices, clause);
  if (choices.length > 0) {
    const choice = choices.find((one) => says(heard, words(one)));
    return choice !== undefined && type === "array" ? [choice] : choice;
  }
  if (type === "boolean") {
    const core = own.filter((word) => !/^(is|in|has|only)$/.test(word));
    if (says(heard, ["not", ...core], ["no", ...core], ["out", "of", ...core], ["without", ...core]))
      return false;
    return says(heard, own) || says(heard, core) || undefined;
  }
  const text =
    named(own, clause) ??
    (owner ? identified(argument, clause) : (bound(argument, clause) ?? cued(argument, clause)));
  if (type === "string" || text === undefined) return text;
  return /^-?\d{1,15}(\.\d+)?$/.test(text) && type !== "array" && type !== "object"
    ? Number(text)
    : undefined;
}

/** `set the city of customer 7 to Berlin`, `with name "Ada"`, `page 2`. */
function named(own: readonly string[], clause: string): string | undefined {
  const name = `\\b${own.join("[ _-]?")}`;
  const joined = `${name}(?:(?: of [^"“]*?)? (?:to|is|as|=) |\\s?[:=] ?)(?:${QUOTED}|${PHRASE})`;
  const introduced = `\\bwith (?:an? |the )?${own.join("[ _-]?")} (?:${QUOTED}|${PHRASE})`;
  return (
    capture(joined, clause) ??
    capture(introduced, clause) ??
    capture(`${name} #?(\\d[\\d.-]*\\d|\\d)(?!\\S*[a-z])`, clause)
  );
}

/** `order 1003`, `issue #PROJ-12`, `user octocat`. */
function identified({ owner, type }: Argument, clause: string): string | undefined {
  const start = `\\b${owner}s?,? (?:id |number |key )?#?`;
  const numbered = capture(`${start}([\\w-]*\\d[\\w-]*)`, clause);
  return (
    numbered ?? (type === "string" ? capture(`${start}(?:${QUOTED}|(\\S+?)[.?!]*$)`, clause) : undefined)
  );
}

/** `under 50 dollars` for `maxPrice`: the rest of the argument's name must be spoken, or both be about money. */
function bound({ words: own, description, type }: Argument, clause: string): string | undefined {
  const limits = (parts: readonly string[]) => parts.some((word) => UPPER.test(word) || LOWER.test(word));
  const told = limits(own) ? own : words(description);
  if (own.includes("limit") || own.includes("size")) return capture("\\bfirst (\\d+) ", clause);
  if (!limits(told)) return MONEY.test(own.join(" ")) ? capture(PRICED, clause) : undefined;
  const value = type === "string" ? "\\d{4}-\\d\\d-\\d\\d" : "\\d+(?:\\.\\d+)?";
  const comparison = told.some((word) => UPPER.test(word))
    ? "under|below|(?:less|cheaper|fewer) than|at most|up to|before|until"
    : "over|above|more than|at least|from|since|after";
  const money = /[$€£]|dollar|euro|cheap|cost|price/i.test(clause);
  const rest = own.filter((word) => !limits([word]));
  const fits = rest.some((word) =>
    money ? /price|cost|total|amount/.test(word) : words(clause).includes(word),
  );
  return type === "string" || fits
    ? capture(`\\b(?:${comparison}) [$€£]?(${value})(?![\\w-])`, clause)
    : undefined;
}

function cued({ words: own, type }: Argument, clause: string): string | undefined {
  if (own.includes("email")) return capture("(\\S+@[^\\s,;]*\\w)", clause);
  if (own.includes("month")) return capture("\\b(\\d{4}-\\d\\d)\\b", clause);
  const cues = type === "string" ? CUES.filter(([, names]) => own.some((word) => names.test(word))) : [];
  return cues
    .map(([cue]) => capture(`\\b(?:${cue}) (?:${QUOTED}|${cue.startsWith("say") ? "(.+)" : PHRASE})`, clause))
    .find((text) => text !== undefined);
}

/** `sorted by total descending`, `the cheapest …`. */
function sorting(choices: readonly string[], clause: string): string | undefined {
  const field =
    capture("\\bsort(?:ed)? by (\\w+)", clause) ?? (/cheapest|expensive/i.test(clause) ? "price" : undefined);
  const down = /desc|expensive/i.test(clause);
  return choices
    .filter((choice) => field && choice.includes(field))
    .find((choice) => /^-|desc/.test(choice) === down);
}

function capture(pattern: string, text: string): string | undefined {
  return new RegExp(pattern, "i")
    .exec(text)
    ?.slice(1)
    .find((group) => group !== undefined)
    ?.trim();
}
