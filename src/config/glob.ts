/**
 * Globs of the rules: `*` any characters, `?` one character, `[a-z]` and `[!a-z]` one of several. In a path they stay within a
 * segment, and a segment `**` stands for any number of segments. Everything else is literal: parentheses, quotes and bars occur
 * in paths of OData, braces are path parameters.
 */

export type GlobMatcher = (text: string) => boolean;

/** One character, or "star" for any number of characters. */
type Token = "star" | ((character: string) => boolean);

/** Returns whether a rule contains a wildcard. */
export function isGlob(rule: string): boolean {
  return /[*?]|\[[^\]]*\]/.test(rule);
}

/** Compiles a glob for paths. */
export function compilePathGlob(pattern: string): GlobMatcher {
  const segments = pattern.split("/").map((segment) => (segment === "**" ? "star" : compileSegment(segment)));
  return (path) => path === pattern || matchSequence(segments, path.split("/"));
}

/** A segment that consists of stars does not match an empty segment. */
function compileSegment(pattern: string): (segment: string) => boolean {
  const matches = compileTextGlob(pattern);
  return /^\*+$/.test(pattern) ? (segment) => segment !== "" : matches;
}

/** Compiles a glob for names, in which a slash is a character like any other. */
export function compileTextGlob(pattern: string): GlobMatcher {
  if (!isGlob(pattern)) return (text) => text === pattern;
  const tokens = tokenize(pattern);
  return (text) => text === pattern || matchSequence(tokens, [...text]);
}

function tokenize(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const [part = "", negation, set] of pattern.matchAll(/\[([!^]?)(\]?[^\]]*)\]|[\s\S]/gu)) {
    if (part === "*") tokens.push("star");
    else if (part === "?") tokens.push(() => true);
    else if (set === undefined || set === "")
      tokens.push(...[...part].map((one) => (text: string) => text === one));
    else tokens.push(compileSet(set, negation !== ""));
  }
  return tokens;
}

function compileSet(set: string, isNegated: boolean): (character: string) => boolean {
  const ranges = [...set.matchAll(/([\s\S])-([\s\S])|([\s\S])/gu)].map(
    ([, from, to, one = ""]) => [from ?? one, to ?? one] as const,
  );
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== isNegated;
}

/** Matches a sequence of items. On a mismatch the newest star takes one item more, so no input takes exponential time. */
function matchSequence<Item>(
  pattern: readonly ("star" | ((item: Item) => boolean))[],
  items: readonly Item[],
): boolean {
  let position = 0;
  let star = -1;
  let resume = 0;
  for (let index = 0; index < items.length; ) {
    const token = pattern[position];
    if (token === "star") {
      star = position;
      resume = index;
      position += 1;
    } else if (token?.(items[index] as Item)) {
      position += 1;
      index += 1;
    } else if (star >= 0) {
      resume += 1;
      index = resume;
      position = star + 1;
    } else return false;
  }
  return pattern.slice(position).every((token) => token === "star");
}
