import { indentJson } from "../json/indent.ts";

/** Longer texts, in characters, are not indented: it would block the page. */
const MAX_INDENTED = 3_000_000;
/** Longer lines, in characters, are several. */
const MAX_LINE = 4_000;

/** Returns the lines of a result. JSON is indented. */
export function toRawLines(body: string, isJson: boolean): readonly string[] {
  const text = isJson && body.length <= MAX_INDENTED ? indentJson(body) : body;
  return text.split("\n").flatMap((line) => {
    if (line.length <= MAX_LINE) return [line];
    const count = Math.ceil(line.length / MAX_LINE);
    return Array.from({ length: count }, (_, at) => line.slice(at * MAX_LINE, (at + 1) * MAX_LINE));
  });
}
