/** Indents JSON text without parsing its values. Numbers keep every digit, and the text may be truncated. */
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
      // Empty brackets stay on one line.
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

/** Matches a string (also an unterminated one), a punctuation mark, or any other run of non-space characters. */
const TOKEN = /"(?:[^"\\]|\\[\s\S])*"?|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Limit for the indentation: deeper levels would need more space than text. */
const MAX_INDENT_DEPTH = 50;

function newline(depth: number): string {
  return `\n${"  ".repeat(Math.min(depth, MAX_INDENT_DEPTH))}`;
}
