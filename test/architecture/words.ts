/** Words of a private vocabulary, which must not come back into names and comments. */
import { codeOf, type Files } from "./files.ts";

/** Whole words of comments, and parts of camel-case names. */
const OLD_WORDS = [
  "anew",
  "asker",
  "brought",
  "dialect",
  "mend",
  "mended",
  "sights",
  "stories",
  "story",

  "told",
  "whoever",
];

/** Finds files that hold old words, as `path: word, word`. */
export function findOldWords(files: Files): readonly string[] {
  return Object.entries(files)
    .filter(([file]) => /\.(tsx?|css)$/.test(file))
    .flatMap(([file, text]) => {
      const found = wordsOf(text).filter((word) => OLD_WORDS.includes(word));
      return found.length === 0 ? [] : [`${file}: ${found.join(", ")}`];
    });
}

function wordsOf(text: string): readonly string[] {
  const comments = [...text.matchAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g)].map(([comment]) => comment);
  const names = [...codeOf(text).matchAll(/[$A-Za-z_][$\w]*/g)].map(([name]) =>
    name.replace(/([a-z])([A-Z])/g, "$1 $2"),
  );
  return (
    [...comments, ...names]
      .join(" ")
      .toLowerCase()
      .match(/[a-z]+/g) ?? []
  );
}
