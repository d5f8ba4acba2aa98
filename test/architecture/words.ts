/** Words of a private vocabulary, which must not come back into names and comments. */
import { codeOf, type Files } from "./files.ts";

/** Whole words of comments, and parts of camel-case names. */
const OLD_WORDS = [
  "anew",
  "asker",
  "brought",
  "desk",
  "dialect",
  "mend",
  "mended",
  "sights",
  "stories",
  "story",
  "told",
  "whoever",
];

/** Counts the old words in the comments and identifiers of a file. */
export function countOldWords(text: string): number {
  const comments = [...text.matchAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g)].map(([comment]) => comment);
  const names = [...codeOf(text).matchAll(/[$A-Za-z_][$\w]*/g)].map(([name]) =>
    name.replace(/([a-z])([A-Z])/g, "$1 $2"),
  );
  const words =
    [...comments, ...names]
      .join(" ")
      .toLowerCase()
      .match(/[a-z]+/g) ?? [];
  return words.filter((word) => OLD_WORDS.includes(word)).length;
}

/** Finds files that hold old words, as `path: count`. */
export function findOldWords(files: Files): readonly string[] {
  return Object.entries(files).flatMap(([file, text]) => {
    const count = countOldWords(text);
    return count === 0 ? [] : [`${file}: ${count}`];
  });
}
