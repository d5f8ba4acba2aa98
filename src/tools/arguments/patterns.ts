/**
 * Matches texts with patterns. JSON Schema Validation 6.3.3 wants ECMA-262 expressions, but documents also have those of
 * PHP, Python, Java and .NET. A text matches when any reading of the pattern matches. Linear time.
 */
import { RE2JS } from "re2js";

export type Matcher = (text: string) => boolean;

/** Returns a matcher. An unsupported pattern (lookaround, backreferences) matches everything. */
export function createPatternMatcher(pattern: string): Matcher {
  const readings = listReadings(pattern).map(compile);
  if (readings.includes(undefined)) return () => true;
  return (text) => readings.some((matches) => matches?.(text));
}

function listReadings(pattern: string): readonly string[] {
  const literal = readLiteral(pattern);
  const plain = literal ?? pattern;
  // JSON or YAML that was escaped twice.
  const unescaped = /\\\\[dDwWsSbB.\-/[\](){}^$+*?]/.test(plain) ? [plain.replaceAll("\\\\", "\\")] : [];
  return [plain, ...unescaped];
}

/** Reads `/…/flags`, and the other delimiters of PHP where an anchor stands inside. Undefined for a bare pattern. */
function readLiteral(pattern: string): string | undefined {
  const text = pattern.trim();
  const match = /^\/(.*)\/([a-zA-Z]*)$/s.exec(text) ?? /^([#~@!%])(\^.*|.*\$)\1([a-zA-Z]*)$/s.exec(text);
  if (!match) return undefined;
  const [body = "", flags = ""] = match.length === 3 ? match.slice(1) : match.slice(2);
  const known = [..."ims"].filter((flag) => flags.includes(flag)).join("");
  return known === "" ? body : `(?${known})${body}`;
}

function compile(pattern: string): Matcher | undefined {
  // Differences of character classes in Java and .NET.
  if (/\[[^\]]*(&&|-\[)/.test(pattern)) return undefined;
  try {
    const compiled = RE2JS.compile(toLinearSyntax(pattern));
    return (text) => compiled.matcher(text).find();
  } catch {
    return undefined;
  }
}

/** The members of `\s` in ECMA-262. RE2 knows only those of ASCII. */
const SPACE =
  "\\t-\\r \\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";
const NOT_SPACE =
  "\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{84}\\x{86}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}";
/** Python, Java and .NET read `\w` and `\d` with Unicode letters and digits. */
const CLASSES: Readonly<Record<string, string>> = {
  s: SPACE,
  S: NOT_SPACE,
  w: "\\p{L}\\p{N}\\p{M}_",
  d: "\\p{Nd}",
};

function toLinearSyntax(pattern: string): string {
  let isInClass = false;
  return pattern
    .replace(/\{,(\d+)\}/g, "{0,$1}")
    .replace(/\\u\{?([\da-fA-F]{4,6})\}?|\\(.)|[[\]]/gs, (token, code?: string, escaped?: string) => {
      if (code !== undefined) return `\\x{${code}}`;
      if (token === "[" || token === "]") {
        isInClass = token === "[" || (isInClass && token !== "]");
        return token;
      }
      if (escaped === "Z" && !isInClass) return "\\z";
      if (escaped === "_") return escaped;
      const members = CLASSES[escaped ?? ""];
      if (members === undefined) return token;
      return isInClass ? members : `[${members}]`;
    });
}
