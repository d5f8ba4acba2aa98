/** Reads bodies that are several JSON values: JSON lines, RFC 7464, values one after the other, and event streams. */
import { parseJson } from "../json.ts";

const [QUOTE, BACKSLASH, RECORD_SEPARATOR] = [0x22, 0x5c, 0x1e];
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/**
 * Returns the values as a list; undefined when the text is anything else. A value that breaks off at the end is left
 * out, as a response that stays open can have it. An event is an object of its fields, with JSON data as a value.
 */
export function readSequence(text: string): readonly unknown[] | undefined {
  return OPENING.has(text.charCodeAt(skipSeparators(text, 0))) ? readValues(text) : readEvents(text);
}

/** Returns the position after whitespace and record separators (RFC 7464). */
function skipSeparators(text: string, start: number): number {
  let at = start;
  while (at < text.length && (text.charCodeAt(at) === RECORD_SEPARATOR || /\s/.test(text.charAt(at))))
    at += 1;
  return at;
}

function readValues(text: string): readonly unknown[] | undefined {
  const values: unknown[] = [];
  for (let at = skipSeparators(text, 0); at < text.length; at = skipSeparators(text, at)) {
    const end = findValueEnd(text, at);
    const value = end === undefined ? undefined : tryParse(text.slice(at, end));
    if (end === undefined || value === undefined)
      return values.length > 0 && OPENING.has(text.charCodeAt(at)) && isLastLine(text, at)
        ? values
        : undefined;
    values.push(value.json);
    at = end;
  }
  return values.length > 1 ? values : undefined;
}

/** Returns the end of an object or list that begins at a position, or of the line there. */
function findValueEnd(text: string, start: number): number | undefined {
  if (!OPENING.has(text.charCodeAt(start))) {
    const lineEnd = text.indexOf("\n", start);
    return lineEnd < 0 ? text.length : lineEnd;
  }
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at += 1;
      while (at < text.length && text.charCodeAt(at) !== QUOTE)
        at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
    } else if (OPENING.has(unit)) depth += 1;
    else if (CLOSING.has(unit)) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

function isLastLine(text: string, at: number): boolean {
  return !/\S/.test(text.slice(at).replace(/^[^\n]*/, ""));
}

/** Reads server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
function readEvents(text: string): readonly unknown[] | undefined {
  if (!/^(?:data|event|id|retry|):/m.test(text.slice(0, 1000))) return undefined;
  const events: Record<string, unknown>[] = [];
  let hasJson = false;
  for (const block of text.replace(/^\ufeff/, "").split(/(?:\r\n?|\n){2,}/)) {
    const fields = new Map<string, string>();
    for (const line of block.split(/\r\n?|\n/)) {
      if (line === "" || line.startsWith(":")) continue;
      const [, name = "", value = ""] = /^(data|event|id|retry)(?:: ?(.*))?$/.exec(line) ?? [];
      if (name === "") return undefined;
      const before = name === "data" ? fields.get(name) : undefined;
      fields.set(name, before === undefined ? value : `${before}\n${value}`);
    }
    const data = fields.get("data");
    if (data === undefined) continue;
    const parsed = tryParse(data);
    hasJson ||= typeof parsed?.json === "object";
    events.push({ ...Object.fromEntries(fields), data: parsed ? parsed.json : data });
  }
  return hasJson ? events : undefined;
}

function tryParse(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: parseJson(text) };
  } catch {
    return undefined;
  }
}
