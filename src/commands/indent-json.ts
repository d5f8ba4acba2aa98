/** Indents JSON text without reading its values, so that numbers, duplicate keys and the order of keys stay as they are. */

/** Deeper levels are not indented further, since deep documents would become very long. */
const MAX_INDENTED_LEVELS = 100;

/** Returns valid JSON in the layout of `JSON.stringify(value, null, 2)`. `startLevel` is the level of the text around it. */
export function indentJson(text: string, startLevel: number): string {
  const pieces: string[] = [];
  let level = startLevel;
  const breakLine = () => `\n${"  ".repeat(Math.min(level, MAX_INDENTED_LEVELS))}`;
  let previous = "";
  for (const token of listTokens(text)) {
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

function* listTokens(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text[start] === '"' ? findStringEnd(text, start) : findTokenEnd(text, start);
    const token = text.slice(start, end);
    if (!/^\s/.test(token)) yield token;
    start = end;
  }
}

function findTokenEnd(text: string, start: number): number {
  const pattern = /[{}[\],:]|\s+|[^\s{}[\],:"]+/y;
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : text.length;
}

/** A regular expression would exhaust its stack on a string of several megabytes. */
function findStringEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslash = quote;
    while (text[backslash - 1] === "\\") backslash -= 1;
    if ((quote - backslash) % 2 === 0) return quote + 1;
  }
  return text.length;
}
