/** Reads a response body as JSON. */
import { parseJson } from "../json.ts";
import { readSequence } from "./read-sequence.ts";

/** Deeper than any meaningful response, and shallow enough for recursion. */
const MAX_DEPTH = 1000;

/**
 * Returns undefined when the text is not JSON, or is a scalar, which is handled as plain text. Several values, as lines or
 * as events, are a list.
 */
export function readJson(text: string): unknown {
  if (isDeeperThan(text, MAX_DEPTH)) return undefined;
  if (!/^\s*[[{]/.test(text)) return readSequence(text);
  try {
    return parseJson(text);
  } catch {
    return readSequence(text);
  }
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

function isDeeperThan(text: string, levels: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = findStringEnd(text, at);
    else if (OPENING.has(unit)) depth += 1;
    else if (CLOSING.has(unit)) depth -= 1;
    if (depth > levels) return true;
  }
  return false;
}

/** Returns the position of the closing quote, or the end of the text when there is none. */
function findStringEnd(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
