/** How long files and functions are, and which exported types share a name. */
import type { Files } from "./files.ts";

const MAX_FILE_LINES = 250;
const MAX_FUNCTION_LINES = 80;

/** Finds files that are too long, as `path`. */
export function findLongFiles(files: Files): readonly string[] {
  return Object.entries(files)
    .filter(([, text]) => text.split("\n").length - 1 > MAX_FILE_LINES)
    .map(([file]) => file);
}

const BLOCK =
  /^\s*(?:\} )?(?:if|for|while|switch|catch|else|try|do|(?:export )?(?:abstract )?class|(?:export )?interface)\b/;
const FUNCTION =
  /=> \{$|\bfunction\b|^\s*\).*\{$|^\s*(?:(?:async|static|get|set|override) |\*)*[#\w[\].]+\(.*\{$/;
const NAME = /(?:function\*? |const )([$\w]+)|^\s*(?:(?:async|static|get|set|override) |\*)*(#?[\w]+)\(/;

/** Finds functions that are too long, as `path name`. The code is formatted, so a function ends at the brace of its own indentation. */
export function findLongFunctions(files: Files): readonly string[] {
  return Object.entries(files).flatMap(([file, text]) => {
    const lines = text.split("\n");
    const indents = lines.map((line) => line.search(/\S|$/));
    return lines.flatMap((line, index) => {
      if (!line.endsWith("{") || BLOCK.test(line) || !FUNCTION.test(line)) return [];
      const end = lines.findIndex(
        (one, at) => at > index && indents[at] === indents[index] && /^\s*\}/.test(one),
      );
      const isContinued = /^\s*\)/.test(line);
      const start = isContinued
        ? lines.findLastIndex((one, at) => at < index && indents[at] === indents[index] && one.trim() !== "")
        : index;
      if (end - start + 1 <= MAX_FUNCTION_LINES) return [];
      const [, named, method] = NAME.exec(lines[start] ?? "") ?? [];
      return [`${file} ${named ?? method ?? `line ${start + 1}`}`];
    });
  });
}

const EXPORTED_TYPE = /^export (?:declare )?(?:abstract )?(?:type|interface|class|enum) (\w+)/gm;

/** Finds names that several files of `src` export a type under, as `Name: path, path`. */
export function findDuplicateTypes(files: Files): readonly string[] {
  const places = new Map<string, string[]>();
  for (const [file, text] of Object.entries(files))
    for (const [, name = ""] of text.matchAll(EXPORTED_TYPE))
      places.set(name, [...(places.get(name) ?? []), file]);
  return [...places]
    .filter(([, holders]) => holders.length > 1)
    .map(([name, holders]) => `${name}: ${holders.toSorted().join(", ")}`);
}
