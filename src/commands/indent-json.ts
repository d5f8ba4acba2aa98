/** Indents JSON text without reading its values, so that numbers, duplicate keys and the order of keys stay as they are. */

/** Deeper levels are not indented further, since deep documents would become very long. */
const MAX_INDENTED_LEVELS = 100;

/** Returns valid JSON in the layout of `JSON.stringify(value, null, 2)`. `startLevel` is the level of the text around it. */
export function indentJson(text: string, startLevel: number): string {
  const pieces: string[] = [];
  let level = startLevel;
  const breakLine = () => `\n${"  ".repeat(Math.min(level, MAX_INDENTED_LEVELS))}`;
  let previous = "";
  for (const [token] of text.matchAll(TOKEN)) {
    const isClosing = token === "}" || token === "]";
    if (isClosing) level -= 1;
    const followsOpening = previous === "{" || previous === "[";
    if (isClosing ? !followsOpening : followsOpening || previous === ",") pieces.push(breakLine());
    pieces.push(token === ":" ? ": " : token);
    if (token === "{" || token === "[") level += 1;
    previous = token;
  }
  return pieces.join("");
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
