/**
 * Indents JSON text without reading its values: numbers keep every digit, and a text that was cut short is indented up
 * to its end.
 */
export function indentJson(text: string): string {
  const pieces: string[] = [];
  let depth = 0;
  let before = "";
  for (const [piece] of text.matchAll(PIECE)) {
    if (piece === "{" || piece === "[") {
      depth += 1;
      pieces.push(piece, line(depth));
    } else if (piece === "}" || piece === "]") {
      depth = Math.max(0, depth - 1);
      // Nothing between the brackets: they stay together.
      if (before === "{" || before === "[") pieces.pop();
      else pieces.push(line(depth));
      pieces.push(piece);
    } else if (piece === ",") {
      pieces.push(piece, line(depth));
    } else {
      pieces.push(piece === ":" ? ": " : piece);
    }
    before = piece;
  }
  return pieces.join("").trimEnd();
}

/** A string, even one without its end, a mark, or a run of anything else but space. */
const PIECE = /"(?:[^"\\]|\\[\s\S])*"?|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Levels that are indented: beyond them the space would outgrow the text. */
const DEEPEST = 50;

function line(depth: number): string {
  return `\n${"  ".repeat(Math.min(depth, DEEPEST))}`;
}
