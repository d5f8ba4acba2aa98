/** A part of JSON text and its kind. */
export interface Token {
  readonly kind: "name" | "string" | "number" | "literal" | "other";
  readonly text: string;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g;

/** Splits JSON text for highlighting. The joined token texts equal the input. */
export function tokenize(json: string): readonly Token[] {
  const result: Token[] = [];
  let end = 0;
  for (const match of json.matchAll(TOKEN)) {
    const [matched, text, colon, digits] = match;
    if (match.index > end) result.push({ kind: "other", text: json.slice(end, match.index) });
    if (text !== undefined) {
      result.push({ kind: colon === undefined ? "string" : "name", text });
      if (colon !== undefined) result.push({ kind: "other", text: colon });
    } else {
      result.push({ kind: digits === undefined ? "literal" : "number", text: matched });
    }
    end = match.index + matched.length;
  }
  if (end < json.length) result.push({ kind: "other", text: json.slice(end) });
  return result;
}
