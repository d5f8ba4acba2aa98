/**
 * Reads path templates as API gateways and web frameworks write them: `{proxy+}`, `{rest*}`, `{id:[0-9]+}`, `{*path}`,
 * `:id`, and the operators of RFC 6570, such as `{+path}` and `{;key}`.
 */
import { RE2JS } from "re2js";
import type { Parameter } from "./types.ts";

/** The parts of a parameter that its placeholder decides. */
export type PlaceholderRules = Partial<
  Pick<Parameter, "style" | "explode" | "allowReserved" | "spansSegments">
>;

/** The rules of a plain placeholder, `{name}`. */
export const NO_RULES: PlaceholderRules = Object.freeze({});

export interface PathTemplate {
  /** The template with plain placeholders, `{name}`, and without expansions of the query. */
  readonly text: string;
  /** Parameter name → what its placeholder decides. */
  readonly placeholders: ReadonlyMap<string, PlaceholderRules>;
  /** Names of `{?name}` and `{&name}`. */
  readonly queryNames: readonly string[];
}

/** @param declaredNames The names of the declared path parameters. They count before any other reading. */
export function parsePathTemplate(path: string, declaredNames: ReadonlySet<string>): PathTemplate {
  const placeholders = new Map<string, PlaceholderRules>();
  const queryNames: string[] = [];
  const closingBraces = matchBraces(path);
  let text = "";
  let end = 0;
  let next: number;
  for (let start = path.indexOf("{"); start >= 0; start = path.indexOf("{", next)) {
    const close = closingBraces.get(start);
    const inner = path.slice(start + 1, close);
    next = start + 1;
    // A brace that nothing closes, and the outer ones of `{{id}}`, are literal text.
    if (close === undefined || /^\{[^{}]*\}$/.test(inner)) continue;
    text += path.slice(end, start);
    next = end = close + 1;
    if (/^[\w-]+$/.test(inner)) {
      text += `{${inner}}`;
      placeholders.set(inner, NO_RULES);
      continue;
    }
    const { operator, names } = parseExpression(inner, declaredNames);
    if (operator === "?" || operator === "&") queryNames.push(...names.map(({ name }) => name));
    else if (operator !== "#") {
      const separator = operator === "/" ? "/" : operator === "" || operator === "+" ? "," : "";
      if (operator === "/") text += "/";
      text += names.map(({ name }) => `{${name}}`).join(separator);
      for (const { name, rules } of names) placeholders.set(name, { ...OPERATOR_RULES[operator], ...rules });
    }
  }
  const missing = [...declaredNames].filter((name) => !placeholders.has(name));
  const filled = replaceSegments(text + path.slice(end), missing, placeholders);
  return { text: filled, placeholders, queryNames };
}

/** Operators of RFC 6570, section 2.2. */
const OPERATOR_RULES: Readonly<Record<string, PlaceholderRules>> = {
  "+": { allowReserved: true, spansSegments: true },
  ".": { style: "label" },
  ";": { style: "matrix" },
};

/** Returns the position of each opening brace that is closed → that of its closing brace. A regular expression may contain braces. */
function matchBraces(text: string): ReadonlyMap<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "\\") index += 1;
    else if (text[index] === "{") open.push(index);
    else if (text[index] === "}") {
      const start = open.pop();
      if (start !== undefined) closing.set(start, index);
    }
  }
  return closing;
}

interface ParsedName {
  readonly name: string;
  readonly rules: PlaceholderRules;
}

function parseExpression(inner: string, declaredNames: ReadonlySet<string>) {
  const [, operator = "", list = ""] = /^([+#./;?&]?)(.*)$/s.exec(inner) ?? [];
  if (declaredNames.has(inner)) {
    const rules = /^[\w-]+[+*]$|^\*/.test(inner) ? { spansSegments: true } : {};
    return { operator: "", names: [{ name: inner, rules }] };
  }
  const isList =
    list.includes(",") && (operator !== "" || list.split(",").every((name) => declaredNames.has(name)));
  const names = isList ? list.split(",") : [list];
  return { operator, names: names.map((text) => parseName(text.trim(), operator, inner)) };
}

/** Parses a name with what follows it: `proxy+`, `rest*`, `id:[0-9]+`, `id?`, `name=projects/*`. */
function parseName(text: string, operator: string, inner: string): ParsedName {
  const [, stars = "", name = "", suffix = ""] = /^(\**)([^:=*+?]*)(.*)$/s.exec(text) ?? [];
  if (name.trim() === "") return { name: inner, rules: {} };
  const isExploded = suffix === "*";
  if (operator === ";" || operator === ".") return { name, rules: { explode: isExploded } };
  const spansSegments =
    stars !== "" ||
    suffix.startsWith("+") ||
    isExploded ||
    matchesSlash(suffix.slice(0, 1), suffix.slice(1).trim());
  return { name: name.trim(), rules: spansSegments ? { spansSegments } : {} };
}

/** Returns whether a constraint allows slashes: the converter `path`, a glob such as `projects/*`, or a pattern. */
function matchesSlash(kind: string, constraint: string): boolean {
  if (kind === "=") return constraint.includes("/") || constraint.includes("**");
  if (kind !== ":" || constraint === "") return false;
  if (constraint === "path") return true;
  if (constraint.length > MAX_PATTERN_LENGTH) return false;
  try {
    // In linear time: the pattern comes from a document.
    const pattern = RE2JS.compile(constraint);
    return ["a/b", "1/2", "a/b.c"].some((text) => pattern.matches(text));
  } catch {
    return false;
  }
}

const MAX_PATTERN_LENGTH = 200;

/** Replaces segments such as `:id` and `<int:id>` by placeholders, where a parameter of that name is declared. */
function replaceSegments(
  text: string,
  names: readonly string[],
  placeholders: Map<string, PlaceholderRules>,
): string {
  if (names.length === 0 || !/\/[:<]/.test(text)) return text;
  return text
    .split("/")
    .map((segment) => {
      const [, colonName, suffix = ""] =
        /^:([\w-]+)(\([^()]*\))?([*+?]?)$/.exec(segment)?.toSpliced(2, 1) ?? [];
      const [, converter = "", angleName] = /^<(?:([\w]+)(?:\([^()]*\))?:)?([\w-]+)>$/.exec(segment) ?? [];
      const name = colonName ?? angleName;
      if (name === undefined || !names.includes(name)) return segment;
      placeholders.set(name, converter === "path" || /[*+]/.test(suffix) ? { spansSegments: true } : {});
      return `{${name}}`;
    })
    .join("/");
}
