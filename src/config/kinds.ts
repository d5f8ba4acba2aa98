/** The kinds of setting values. Each parses the text of a flag, a variable or a scalar in a config file. */
import { formatLimit, parseLimits, parseRates } from "./limits.ts";

export interface Kind<T> {
  /** The placeholder in --help: `URL`, `N`, `a,b`. Empty for a switch, which needs no value. */
  readonly placeholder: string;
  /** @throws Error whose message names the allowed values: "a number from 0 to 1". */
  readonly parse: (text: string) => T;
  /** True when a config file may have a list and a flag may be repeated. Each value adds to the list. */
  readonly isList?: boolean;
  /** True when an empty variable or list is an error. Other settings are then unset. */
  readonly refusesEmpty?: true;
}

/** Accepts any text that is not empty. */
export function text(placeholder: string): Kind<string> {
  return {
    placeholder,
    parse(value) {
      if (value === "") throw new Error("a non-empty text");
      return value;
    },
  };
}

/** Characters from which a secret cannot be guessed. */
const MIN_SECRET_LENGTH = 16;

/** Accepts a text that is long enough to guard. */
export function secretText(placeholder: string): Kind<string> {
  return {
    placeholder,
    parse(value) {
      if (value.trim().length < MIN_SECRET_LENGTH)
        throw new Error(`a secret of at least ${MIN_SECRET_LENGTH} characters`);
      return value;
    },
  };
}

/** Makes a kind that of a setting which switches a guard on. An empty value would leave the guard open, so it is an error. */
export function guard<T>(kind: Kind<T>): Kind<T> {
  return { ...kind, refusesEmpty: true };
}

/** Accepts a decimal number in a range. */
export function number(range: { min?: number; max?: number; above?: number } = {}): Kind<number> {
  return { placeholder: "N", parse: (value) => parseInRange(value, range, "a number", /^-?\d+(\.\d+)?$/) };
}

/** Accepts a whole number in a range. */
export function integer(range: { min?: number; max?: number; above?: number } = {}): Kind<number> {
  return { placeholder: "N", parse: (value) => parseInRange(value, range, "a whole number", /^-?\d+$/) };
}

/** Accepts `--name` and `--no-name`, and in the environment true/false, 1/0, yes/no, on/off. */
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

/** Accepts one of the choices, in any case. `synonyms` are accepted too but not listed in --help. */
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

/** Parses one entry of a list. @throws Error whose message names the allowed values. */
export type EntryParser = (entry: string) => string;

/** Accepts a comma-separated list. Commas in parentheses belong to an entry, as in a path of OData. Entries are trimmed, empty ones dropped. */
export function list(
  placeholder: string,
  parseEntry: EntryParser = (entry) => entry,
): Kind<readonly string[]> {
  return {
    placeholder,
    isList: true,
    parse: (value) =>
      value
        .split(/,(?![^()]*\))/)
        .map((entry) => entry.trim())
        .filter((entry) => entry !== "")
        .map(parseEntry),
  };
}

/** Accepts one value per flag; commas are part of the value. A variable has one value per line. */
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

/** Parses how arguments are recorded: a mode, or the mode of the arguments that a glob of names selects. */
export function parseAuditRule(entry: string): string {
  if (!/^([^=\s]+=)?(none|names|masked|all)$/.test(entry))
    throw new Error("none, names, masked or all, or a rule such as address.*=none");
  return entry;
}

/** Accepts rates such as `10/minute,200/day` and keeps them as text. */
export function rates(): Kind<string> {
  return {
    placeholder: "N/UNIT,…",
    parse(value) {
      parseRates(value);
      return value.trim();
    },
  };
}

/** Accepts limits such as `10/minute`, `2 turns` or `5 USD/day` and keeps each as text. */
export function limits(): Kind<readonly string[]> {
  return {
    placeholder: "LIMIT,…",
    isList: true,
    parse: (value) => parseLimits(value).map(formatLimit),
  };
}

/** Accepts `sqlite`, `memory` or the URL of a store. */
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

/** Accepts a URL path that begins with `/`. A trailing slash is removed. */
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

/** Parses a base URL: no query, no fragment. Trailing slashes are removed. */
export function parseHttpUrl(entry: string): string {
  const url = URL.parse(entry);
  const isBaseUrl = url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
  if (!isBaseUrl) throw new Error("an http or https URL without query, such as https://api.example.com/v1");
  return entry.replace(/\/+$/, "");
}

/** Parses an API key with its name, and roles between both. @throws Error whose message names the form. */
export function parseApiKey(entry: string): string {
  if (/^[\w.@-]{1,64}:([\w.@-]+(\+[\w.@-]+)*:)?[\w.~+/=-]{20,}$/.test(entry)) return entry;
  throw new Error("NAME:KEY or NAME:ROLE+ROLE:KEY with a key of at least 20 characters");
}

/** Parses the part of an identity and the header that names it. */
export function parseIdentityHeader(entry: string): string {
  if (/^(user|organization|roles)=[\w-]+$/.test(entry)) return entry;
  throw new Error("user=HEADER, organization=HEADER or roles=HEADER");
}

/** Parses an IP address, or a network such as 10.0.0.0/8. */
export function parseNetwork(entry: string): string {
  const [address = "", bits] = entry.split("/");
  const size = address.includes(":") ? 128 : 32;
  const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= size);
  if (isAddress(address) && isNetwork) return entry;
  throw new Error("an IP address or a network such as 10.0.0.0/8");
}

/** URLs have the rules of addresses too. `node:net` would be loaded with every command. */
function isAddress(text: string): boolean {
  if (text.includes(":")) return /^[\da-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]`);
  return /^[\d.]+$/.test(text) && URL.parse(`http://${text}`)?.hostname === text;
}

/** Parses a web origin, an origin of another scheme such as `tauri://localhost` or `vscode-webview://*`, `null`, or `*`. */
export function parseOrigin(entry: string): string {
  if (entry === "*" || entry === "null") return entry;
  const url = URL.parse(entry);
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "")
    return url.origin;
  if (/^(?!https?:)[a-z][a-z\d+.-]*:\/\/[^/?#@\s]+\/?$/i.test(entry))
    return entry.replace(/\/$/, "").toLowerCase();
  throw new Error("an origin such as https://app.example.com or tauri://localhost, null, or *");
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
  const upTo = above === undefined ? "to" : "and up to";
  const high = max !== undefined ? `${upTo} ${max}` : above === undefined && min !== undefined ? "up" : "";
  throw new Error([description, low, high].filter(Boolean).join(" "));
}
