/** The kinds of value a setting can have: each reads the text of a flag, a variable or a config file's scalar. */
import { parseRate } from "./rate.ts";

export interface Kind<T> {
  /** For --help: `URL`, `N`, `a,b`. Empty for a switch, which needs no value. */
  readonly placeholder: string;
  /** @throws Error whose message says what is allowed: "a number from 0 to 1". */
  readonly parse: (text: string) => T;
  /** A config file may give a list, and a flag may be given several times: each adds to the list. */
  readonly isList?: boolean;
}

/** Any text; empty is refused. */
export function text(placeholder: string): Kind<string> {
  return {
    placeholder,
    parse(value) {
      if (value === "") throw new Error("a text that is not empty");
      return value;
    },
  };
}

export function number(range: { min?: number; max?: number; above?: number } = {}): Kind<number> {
  return { placeholder: "N", parse: (value) => parseInRange(value, range, "a number", /^-?\d+(\.\d+)?$/) };
}

export function integer(range: { min?: number; max?: number; above?: number } = {}): Kind<number> {
  return { placeholder: "N", parse: (value) => parseInRange(value, range, "a whole number", /^-?\d+$/) };
}

/** `--name` or `--no-name`; true/false, 1/0, yes/no, on/off in the environment. */
export function toggle(): Kind<boolean> {
  return {
    placeholder: "",
    parse(value) {
      const known = TOGGLE_WORDS.get(value.trim().toLowerCase());
      if (known === undefined) throw new Error("true or false");
      return known;
    },
  };
}

const TOGGLE_WORDS = new Map<string, boolean>([
  ...["true", "1", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "0", "no", "off"].map((word) => [word, false] as const),
]);

/** Case does not matter. `synonyms`: other systems' words for a choice, accepted without being shown. */
export function oneOf<const Choice extends string>(
  choices: readonly Choice[],
  synonyms: Readonly<Record<string, Choice>> = {},
): Kind<Choice> {
  return {
    placeholder: choices.join("|"),
    parse(value) {
      const word = value.trim().toLowerCase();
      const found = choices.find((choice) => choice === word) ?? synonyms[word];
      if (found === undefined) throw new Error(`one of ${choices.join(", ")}`);
      return found;
    },
  };
}

/** Reads one entry of a list. @throws Error whose message says what is allowed. */
export type EntryParser = (entry: string) => string;

/** Comma separated; entries trimmed, empty ones dropped. */
export function list(
  placeholder: string,
  parseEntry: EntryParser = (entry) => entry,
): Kind<readonly string[]> {
  return {
    placeholder,
    isList: true,
    parse: (value) =>
      value
        .split(",")
        .map((entry) => entry.trim())
        .filter((entry) => entry !== "")
        .map(parseEntry),
  };
}

/** One value each time it is given; commas are part of the value. In the environment one a line. */
export function repeated(
  placeholder: string,
  parseEntry: EntryParser = (entry) => entry,
): Kind<readonly string[]> {
  return {
    placeholder,
    isList: true,
    parse: (value) =>
      value
        .split("\n")
        .map((entry) => entry.trim())
        .filter((entry) => entry !== "")
        .map(parseEntry),
  };
}

/** `10/minute`; the text as it is, once it is known to be one. */
export function rate(): Kind<string> {
  return {
    placeholder: "N/UNIT",
    parse(value) {
      parseRate(value);
      return value.trim();
    },
  };
}

/** `sqlite`, `memory`, or the address of a store. */
export function storeAddress(): Kind<string> {
  return {
    placeholder: "sqlite|memory|URL",
    parse(value) {
      const url = URL.parse(value);
      const isKnown =
        value === "sqlite" ||
        value === "memory" ||
        (url !== null && /^(rediss?|dynamodb):$/.test(url.protocol) && url.hostname !== "");
      if (!isKnown)
        throw new Error(
          "sqlite, memory, redis://host:port, rediss://host:port or dynamodb://table?region=name",
        );
      return value;
    },
  };
}

/** A path under the server's root: begins with `/`, no trailing slash. */
export function urlPath(): Kind<string> {
  return {
    placeholder: "PATH",
    parse(value) {
      if (!/^\/[\w\-./~]*$/.test(value) || value.includes("//"))
        throw new Error("a path such as /bedrock-chat");
      return value.length > 1 ? value.replace(/\/$/, "") : value;
    },
  };
}

/** An HTTP address that requests can be appended to: no query, no fragment, no trailing slash. */
export function parseHttpUrl(entry: string): string {
  const url = URL.parse(entry);
  const isBaseUrl = url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
  if (!isBaseUrl) throw new Error("an http or https URL without query, such as https://api.example.com/v1");
  return entry.replace(/\/+$/, "");
}

/** A web origin, or `*`. */
export function parseOrigin(entry: string): string {
  if (entry === "*") return entry;
  const url = URL.parse(entry);
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search !== "")
    throw new Error("an origin such as https://app.example.com, or *");
  return url.origin;
}

function parseInRange(
  value: string,
  { min, max, above }: { min?: number; max?: number; above?: number },
  description: string,
  pattern: RegExp,
): number {
  const parsed = Number(value);
  const isInRange =
    pattern.test(value.trim()) &&
    (min === undefined || parsed >= min) &&
    (max === undefined || parsed <= max) &&
    (above === undefined || parsed > above);
  if (isInRange) return parsed;
  const low = above !== undefined ? `above ${above}` : min !== undefined ? `from ${min}` : "";
  const high = max !== undefined ? `to ${max}` : above === undefined && min !== undefined ? "up" : "";
  throw new Error([description, low, high].filter(Boolean).join(" "));
}
