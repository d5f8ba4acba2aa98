import type { Argument } from "./abilities.ts";
import { phraseIn, words } from "./words.ts";

/** Rules that read one argument's value out of a sentence; undefined when it says nothing of it. */
export function valueFor(argument: Argument, sentence: string, verb: string): unknown {
  const { choices, type, owner, words: own } = argument;
  const spoken = words(sentence);
  if (own.includes("sort") || /^order ?by$/.test(own.join(" "))) return sorting(choices, sentence);
  if (choices.length > 0) {
    const after = verb === spoken[0] ? spoken.slice(1) : spoken;
    const choice = choices.find(
      (one) => phraseIn(words(one), after) && !phraseIn(["not", ...words(one)], after),
    );
    return choice !== undefined && type === "array" ? [choice] : choice;
  }
  if (type === "boolean") return truth(own, spoken);
  const found =
    named(own, sentence) ?? (owner ? identified(owner, type, sentence) : bound(argument, sentence));
  const text = found ?? (type === "string" && !owner ? cued(argument, sentence, verb) : undefined);
  if (text === undefined || type === "array" || type === "object") return undefined;
  if (type === "string") return text;
  return /^-?\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : /^-?\d+$/.test(text) ? BigInt(text) : undefined;
}

const QUOTED = `["“']([^"”]+?)["”'](?=\\W|$)`;
const PHRASE = `(.+?)(?=,|;| and | with | for | in | at | about | saying |[.?!]*$)`;

/** `set the city of customer 7 to Berlin`, `with name "Ada"`, `page 2`. */
function named(own: readonly string[], sentence: string): string | undefined {
  const name = own.join("[ _-]?");
  const joint = `(?:(?: of [^"“]*?)? (?:to|is|as|=) |\\s?[:=] ?)`;
  return (
    capture(`\\b${name}${joint}(?:${QUOTED}|${PHRASE})`, sentence) ??
    capture(`\\bwith (?:an? |the )?${name} (?:${QUOTED}|${PHRASE})`, sentence) ??
    capture(`\\b${name} #?(\\d[\\d.-]*\\d|\\d)(?!\\S*[a-z])`, sentence)
  );
}

/** `order 1003`, `issue #PROJ-12`, `user octocat`. */
function identified(owner: string, type: string, sentence: string): string | undefined {
  const start = `\\b${owner}s?,? (?:id |number |no\\.? |key )?`;
  const numbered = capture(`${start}#?([\\w-]*\\d[\\w-]*)`, sentence);
  return (
    numbered ?? (type === "string" ? capture(`${start}(?:${QUOTED}|(\\S+?)[.?!]*$)`, sentence) : undefined)
  );
}

const UPPER = "under|below|less than|cheaper than|lower than|at most|up to|maximum|max|before|until";
const LOWER = "over|above|more than|higher than|at least|minimum|min|from|since|after";
const UPPER_NAMES = /^(max|maximum|lte?|le|below|under|upper|highest|most|before|until|to|end)$/;
const LOWER_NAMES = /^(min|minimum|gte?|ge|above|over|lower|lowest|least|after|since|from|start)$/;

/** `under 50 dollars` for `maxPrice`; the rest of the argument's name must be spoken or be about money. */
function bound({ words: own, description, type }: Argument, sentence: string): string | undefined {
  const told = own.some((word) => UPPER_NAMES.test(word) || LOWER_NAMES.test(word))
    ? own
    : words(description);
  const upper = told.some((word) => UPPER_NAMES.test(word));
  if (!upper && !told.some((word) => LOWER_NAMES.test(word))) {
    const limit = own.some((word) => /^(limit|size|count|per|take|top)$/.test(word));
    return limit ? capture("\\b(?:first|top|only|show|list|give me) (?:the )?(\\d+) ", sentence) : undefined;
  }
  const value = type === "string" ? "\\d{4}-\\d\\d(?:-\\d\\d)?" : "\\d+(?:\\.\\d+)?";
  const found = capture(`\\b(?:${upper ? UPPER : LOWER}) (?:than )?[$€£]? ?(${value})(?![\\w-])`, sentence);
  const about = own.filter((word) => !UPPER_NAMES.test(word) && !LOWER_NAMES.test(word));
  const money = /[$€£]|dollar|euro|pound|cheap|cost|price/i.test(sentence);
  const fits = money ? /price|cost|total|amount|fee/ : new RegExp(words(sentence).join("|"));
  return type === "string" || about.some((word) => fits.test(word)) ? found : undefined;
}

/** Words before a free text → the arguments that such a text is for. */
const CUES: readonly (readonly [string, RegExp])[] = [
  ["about|regarding|concerning", /^(subject|title|topic|summary|search|q|query|keyword|term)$/],
  ["called|named|titled", /^(name|title|subject|search|q|query|keyword|term)$/],
  ["saying|that says", /^(message|text|body|comment|content)$/],
  ["because", /^(reason|comment|note)$/],
  ["by", /^(author|creator|artist|owner|assignee)$/],
  ["containing|matching|search for|look for", /^(search|q|query|keyword|term|text)$/],
  ["from|in|to", /^(city|country|location|place)$/],
];

function cued({ words: own }: Argument, sentence: string, verb: string): string | undefined {
  if (own.includes("email")) return capture("(\\S+@[^\\s,;]*\\w)", sentence);
  if (own.includes("month")) return capture("\\b(\\d{4}-\\d\\d)\\b", sentence);
  for (const [cue, names] of CUES) {
    const words = cue.startsWith("cont") && /^(search|find|look)$/.test(verb) ? `${cue}|for` : cue;
    if (!own.some((word) => names.test(word))) continue;
    const found = capture(`\\b(?:${words}) (?:an? |the )?(?:${QUOTED}|${PHRASE})`, sentence);
    if (found !== undefined) return found;
  }
  return undefined;
}

function truth(own: readonly string[], spoken: readonly string[]): boolean | undefined {
  const content = own.filter((word) => !/^(is|in|has|only|with|include)$/.test(word));
  const negated = ["not", "no", "without", "out of", "not in"].some((no) =>
    phraseIn([no, ...content], spoken),
  );
  return negated ? false : phraseIn(own, spoken) || phraseIn(content, spoken) ? true : undefined;
}

function sorting(choices: readonly string[], sentence: string): string | undefined {
  const [, superlative = ""] =
    /\b(cheapest|most expensive|newest|latest|oldest|best)\b/i.exec(sentence) ?? [];
  const field = capture("\\b(?:sort|order)(?:ed)? by (\\w+)", sentence);
  const about = /cheap|expensive/i.test(superlative)
    ? /price|cost/
    : /best/i.test(superlative)
      ? /rat/
      : /at$|date/i;
  const pattern = field ? new RegExp(field, "i") : superlative ? about : undefined;
  const fitting = pattern ? choices.filter((choice) => pattern.test(choice)) : [];
  const down = /desc|highest|expensive|newest|latest|best/i.test(sentence);
  return fitting.find((choice) => /^-|desc/i.test(choice) === down) ?? fitting[0];
}

function capture(pattern: string, sentence: string): string | undefined {
  return new RegExp(pattern, "i")
    .exec(sentence)
    ?.slice(1)
    .find((group) => group !== undefined)
    ?.trim();
}
