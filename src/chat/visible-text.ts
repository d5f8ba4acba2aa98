/** Makes characters visible that a person or a terminal would not show as they are. */

/** Control, format, bidirectional, zero-width and tag characters, separators of lines, lone surrogates. Not line feed and tab. */
const INVISIBLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Returns the text with `\u202e` in place of that character. JSON keeps its meaning. For questions about a call. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, escapeUnits);
}

const CONTROLS = /(?![\n\t])\p{Cc}/gu;

/** Returns the text with control characters as escapes, so that a terminal runs none of them. A CR before a line feed is dropped. */
export function escapeControls(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(CONTROLS, escapeUnits);
}

/** Escapes the texts of a value as {@link escapeInvisible} does, names of fields included. */
export function escapeTexts(value: unknown): unknown {
  if (typeof value === "string") return escapeInvisible(value);
  if (Array.isArray(value)) return value.map(escapeTexts);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value);
  return Object.fromEntries(fields.map(([name, inner]) => [escapeInvisible(name), escapeTexts(inner)]));
}

function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");
}
