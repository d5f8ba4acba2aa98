import type { Argument } from "./abilities.ts";
import { says, words } from "./words.ts";

const END = "(?=,|;| and | with | for | in | at | about | saying | do you |[.?!]*$)";
const TEXT = `(?:["“']([^"”]+?)["”'](?=\\W|$)|(?:an? |the )?(.+?)${END})`;
const UPPER = /^(max|maximum|lte?|below|under|upper|highest|most|before|until|to)$/;
const LOWER = /^(min|minimum|gte?|above|over|lower|lowest|least|after|since|from)$/;
const MONEY = /price|cost|total|amount|cheap|dollar|euro|[$€£]/i;
/** What introduces a free text → the arguments such a text is for. */
const CUES: readonly (readonly [string, RegExp])[] = [
  [`(?:about|regarding|concerning) ${TEXT}`, /^(subject|title|topic|summary|search|q|query|keyword|term)$/],
  [`(?:called|named|titled) ${TEXT}`, /^(name|title|search|q|query|keyword|term)$/],
  [`(?:matching|containing|search for) ${TEXT}`, /^(search|q|query|keyword|term)$/],
  [`by ${TEXT}`, /^(author|creator|owner|assignee)$/],
  ["(?:saying|that says) (.+)", /^(message|text|body|comment|content)$/],
  ["because (.+)", /^(reason|comment|note)$/],
  ["(\\d{4}-\\d\\d)(?![\\d-])", /^month$/],
  ["first (\\d+) ", /^(limit|size)$/],
];

/** Reads one argument's value out of a clause; undefined when it says nothing of it. */
export function valueFor(argument: Argument, clause: string): unknown {
  const { choices, type, owner, words: own } = argument;
  const heard = words(clause);
  if (own.includes("sort")) {
    const [, field = /cheap|expensive/.test(clause) ? "price" : "?"] =
      /sort(?:ed)? by (\w+)/.exec(clause) ?? [];
    return choices.find(
      (one) => one.includes(field) && /^-|desc/.test(one) === /desc|expensive/.test(clause),
    );
  }
  const choice = choices.find((one) => says(heard, words(one)));
  if (choices.length > 0) return choice !== undefined && type === "array" ? [choice] : choice;
  if (type === "boolean") {
    const core = own.filter((word) => !/^(is|in|has|only)$/.test(word));
    if (says(heard, ["not", ...core], ["no", ...core], ["out", "of", ...core])) return false;
    return says(heard, own, core) || undefined;
  }
  const name = own.join("[ _-]?");
  const patterns = [
    `${name}(?:(?: of [^"“]*?)? (?:to|is|as|=) |: ?)${TEXT}`,
    `with (?:an? |the )?${name} ${TEXT}`,
    `${name} #?(\\d[\\d.-]*\\d|\\d)(?!\\S*[a-z])`,
    ...(owner ? [`${owner}s? (?:id |number )?#?([\\w-]*\\d[\\w-]*)`] : bounds(argument, clause)),
    ...(owner && type === "string" ? [`${owner} (\\S+?)[.?!]*$`] : []),
    ...CUES.filter(([, names]) => !owner && own.some((word) => names.test(word))).map(([cue]) => cue),
  ];
  const found = patterns.map((pattern) => new RegExp(`(?:^|\\W)${pattern}`, "i").exec(clause)?.slice(1));
  const text = found.flatMap((groups) => groups ?? []).find((group) => group !== undefined);
  if (type === "string") return text;
  return /^(integer|number)$/.test(String(type)) && /^-?\d{1,15}(\.\d+)?$/.test(text ?? "")
    ? Number(text)
    : undefined;
}

/** `under 50 dollars` for `maxPrice`: the rest of the argument's name must be spoken, or both be about money. */
function bounds({ words: own, description, type }: Argument, clause: string): string[] {
  const value = type === "string" ? "(\\d{4}-\\d\\d-\\d\\d)" : "[$€£]?(\\d+(?:\\.\\d+)?)(?![\\w-])";
  const isLimit = (word: string) => UPPER.test(word) || LOWER.test(word);
  const limits = [...own.filter(isLimit), ...words(description).filter(isLimit)];
  const rest = own.filter((word) => !isLimit(word));
  const fits = rest.some((word) => words(clause).includes(word) || (MONEY.test(word) && MONEY.test(clause)));
  if (!limits[0]) return MONEY.test(rest.join()) ? [`${value} (?:dollars?|euros?)`] : [];
  if (type !== "string" && !fits) return [];
  return UPPER.test(limits[0])
    ? [`(?:under|below|(?:less|cheaper|fewer) than|at most|up to|before|until) ${value}`]
    : [`(?:over|above|more than|at least|from|since|after) ${value}`];
}
