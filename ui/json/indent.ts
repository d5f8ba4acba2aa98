/**
 * Indents JSON text without reading its values: numbers keep every digit, and a text that was cut short is indented up
 * to its end.
 */
export function indentJson(text: string): string {
  const pieces: string[] = [];
  let depth = 0;
  let previous = "";
  for (const [piece] of text.matchAll(TOKEN)) {
    if (piece === "{" || piece === "[") {
      depth += 1;
      pieces.push(piece, newline(depth));
    } else if (piece === "}" || piece === "]") {
      depth = Math.max(0, depth - 1);
      // Nothing between the brackets: they stay together.
      if (previous === "{" || previous === "[") pieces.pop();
      else pieces.push(newline(depth));
      pieces.push(piece);
    } else if (piece === ",") {
      pieces.push(piece, newline(depth));
    } else {
      pieces.push(piece === ":" ? ": " : piece);
    }
    previous = piece;
  }
  return pieces.join("").trimEnd();
}

/** A string, even one without its end, a mark, or a run of anything else but space. */
const TOKEN = /"(?:[^"\\]|\\[\s\S])*"?|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Levels that are indented: beyond them the space would outgrow the text. */
const MAX_INDENT_DEPTH = 50;

function newline(depth: number): string {
  return `\n${"  ".repeat(Math.min(depth, MAX_INDENT_DEPTH))}`;
}
