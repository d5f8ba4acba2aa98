/** A stretch of JSON text, and what it is. */
export interface Token {
  readonly kind: "name" | "string" | "number" | "word" | "other";
  readonly text: string;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g;

/** Splits printed JSON for colouring; the texts joined are the input. */
export function tokens(json: string): readonly Token[] {
  const found: Token[] = [];
  let end = 0;
  for (const match of json.matchAll(TOKEN)) {
    const [whole, text, colon, digits] = match;
    if (match.index > end) found.push({ kind: "other", text: json.slice(end, match.index) });
    if (text !== undefined) {
      found.push({ kind: colon === undefined ? "string" : "name", text });
      if (colon !== undefined) found.push({ kind: "other", text: colon });
    } else {
      found.push({ kind: digits === undefined ? "word" : "number", text: whole });
    }
    end = match.index + whole.length;
  }
  if (end < json.length) found.push({ kind: "other", text: json.slice(end) });
  return found;
}
