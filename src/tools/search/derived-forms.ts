/** Words with the same root: `evict` and `eviction`, `follow` and `follower`, `exec` and `execute`. */

/** Endings that are rewritten before a suffix is removed: `subscription` → `subscribe`. */
const REWRITTEN: readonly (readonly [string, string])[] = [
  ["scription", "scribe"],
  ["ification", "ify"],
  ["mission", "mit"],
  ["duction", "duce"],
];
/** Longest first. */
const SUFFIXES = [
  ...[
    "ation",
    "ition",
    "ator",
    "ment",
    "ance",
    "ence",
    "able",
    "ate",
    "ion",
    "ure",
    "er",
    "or",
    "al",
    "e",
    "y",
  ],
];
const MIN_ROOT = 4;

/** Returns the part that a verb shares with its nouns. The word itself when it has no known suffix. */
export function findRoot(word: string): string {
  const ending = REWRITTEN.find(([end]) => word.endsWith(end));
  const base = ending ? `${word.slice(0, -ending[0].length)}${ending[1]}` : word;
  const suffix = SUFFIXES.find((end) => base.endsWith(end) && base.length - end.length >= MIN_ROOT);
  return suffix === undefined ? base : base.slice(0, -suffix.length);
}

/** Returns whether a word is the other, cut off after a consonant, before a vowel: `exec|ute`, `temp|erature`. */
export function isAbbreviation(short: string, long: string): boolean {
  return (
    short.length >= 4 &&
    long.length >= short.length + 3 &&
    long.startsWith(short) &&
    /[^aeiouy]$/.test(short) &&
    /[aeiou]/.test(long[short.length] ?? "")
  );
}
