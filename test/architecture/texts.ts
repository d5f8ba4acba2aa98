/** Texts that people read who cannot restart the server. */
import type { Files } from "./files.ts";

/** What begins a text for people: an error that clients receive, a failed call, a field of a frame. */
const BEGINNING =
  /\bnew (?:AppError|TokenError)(?=\()|(?<!function )\b(?:fail|failed|refuse)(?=\()|\b(?:message|text|notice)(?=: )/g;

/** What only operators read, within such a text. */
const OPERATORS_PART = /\b(?:detail|advice): (?:`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*")/g;

const FLAG = /(?<![\w-])--[a-z][a-z-]+/g;

/** Finds flags in texts for people, as `path: flag`. Folders whose texts only operators read are left out. */
export function findFlagsForPeople(files: Files): readonly string[] {
  return Object.entries(files)
    .filter(([file]) => /^src\/(?!build|commands|config|openapi|app|apis)|^ui\/language\//.test(file))
    .flatMap(([file, source]) => textsOf(file, source).map((flag) => `${file}: ${flag}`));
}

function textsOf(file: string, source: string): readonly string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, "");
  if (file.startsWith("ui/")) return flagsOf(code);
  return [...code.matchAll(BEGINNING)].flatMap(({ 0: word, index }) => {
    const text = code.slice(index + word.length).replace(/^: /, "");
    return flagsOf(text.slice(0, endOf(text)).replaceAll(OPERATORS_PART, ""));
  });
}

function flagsOf(text: string): readonly string[] {
  return [...text.matchAll(FLAG)].map(([flag]) => flag);
}

/** Returns where an expression ends: after its brackets, or before the comma, semicolon or bracket that follows it. */
function endOf(text: string): number {
  const literal = /^(?:`(?:[^`\\]|\\.)*`|"(?:[^"\\\n]|\\.)*")/;
  for (let at = 0, depth = 0; at < text.length; at += 1) {
    const [quoted] = literal.exec(text.slice(at)) ?? [""];
    at += quoted.length;
    if (/[([{]/.test(text[at] ?? "")) depth += 1;
    if (/[)\]}]/.test(text[at] ?? "")) depth -= 1;
    if (depth < 0 || (depth === 0 && /[;,)]/.test(text[at] ?? ""))) return at;
  }
  return text.length;
}
