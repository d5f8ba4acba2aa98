/** The limits of JSON that clients send: depth, values, names and digits, counted without parsing it, and surrogates. */

/** Objects and lists within each other. */
const MAX_DEPTH = 100;
/** Values of one text: members of objects and entries of lists, at all depths. */
const MAX_VALUES = 50_000;
/** Digits of a number in a row. Reading millions takes long. */
const MAX_DIGITS = 1000;
/** Different names of members. Parsing takes long for each of them. */
const MAX_NAMES = 10_000;
/** Characters of a name that an error repeats. */
export const MAX_QUOTED = 100;

/** What exceeds a limit. */
export interface JsonExcess {
  /** The member of the outermost object; undefined when the text is no object. */
  readonly field: string | undefined;
  readonly problem: string;
}

/** Counts depth, values, names and digits of a text without parsing it. Invalid JSON is not noticed. */
export function findExcess(text: string): JsonExcess | undefined {
  let [depth, values, members, digits, keyStart, keyEnd] = [0, 0, 0, 0, 0, 0];
  let [stringStart, stringEnd] = [0, 0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    switch (code) {
      case QUOTE:
        stringStart = index + 1;
        stringEnd = findStringEnd(text, stringStart);
        index = stringEnd;
        continue;
      case COLON:
        members += 1;
        if (depth === 1) [keyStart, keyEnd] = [stringStart, stringEnd];
        continue;
      case OPEN_OBJECT:
      case OPEN_LIST:
        depth += 1;
        values += 1;
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        depth -= 1;
        continue;
      case COMMA:
        values += 1;
        break;
      default:
        digits = code >= ZERO && code <= NINE ? digits + 1 : 0;
        if (digits <= MAX_DIGITS) continue;
    }
    if (depth <= MAX_DEPTH && values <= MAX_VALUES && digits <= MAX_DIGITS) {
      digits = 0;
      continue;
    }
    const field =
      keyEnd > keyStart ? text.slice(keyStart, Math.min(keyEnd, keyStart + MAX_QUOTED)) : undefined;
    return { field, problem: describeExcess(depth, values) };
  }
  return members > MAX_NAMES && hasManyNames(text)
    ? { field: undefined, problem: `more than ${MAX_NAMES} different names` }
    : undefined;
}

function describeExcess(depth: number, values: number): string {
  if (depth > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} levels`;
  return values > MAX_VALUES
    ? `more than ${MAX_VALUES} values`
    : `a number of more than ${MAX_DIGITS} digits`;
}

function hasManyNames(text: string): boolean {
  const names = new Set<string>();
  for (let start = text.indexOf('"') + 1; start > 0; ) {
    const end = findStringEnd(text, start);
    const next = text.indexOf('"', end + 1);
    // Between a name and the next string stand a colon, blanks, and perhaps other values.
    if (
      text
        .slice(end + 1, next === -1 ? undefined : next)
        .trimStart()
        .startsWith(":")
    )
      names.add(text.slice(start, end));
    if (names.size > MAX_NAMES) return true;
    start = next + 1;
  }
  return false;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Returns the index of the quote that ends a string, or the length of the text. */
function findStringEnd(text: string, start: number): number {
  for (let from = start; ; ) {
    const end = text.indexOf('"', from);
    if (end === -1) return text.length;
    let backslashes = 0;
    while (end - backslashes > start && text.charCodeAt(end - backslashes - 1) === BACKSLASH)
      backslashes += 1;
    if (backslashes % 2 === 0) return end;
    from = end + 1;
  }
}

const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;

/** Returns the path of a string with an unpaired surrogate, which only an escape in the text of the JSON gives. */
export function findIllFormed(text: string, value: unknown): readonly string[] | undefined {
  return ESCAPED_SURROGATE.test(text) ? findIllFormedString(value) : undefined;
}

/** The depth of the value is limited. */
function findIllFormedString(value: unknown): readonly string[] | undefined {
  if (typeof value === "string") return value.isWellFormed() ? undefined : [];
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (!key.isWellFormed()) return [];
    const path = findIllFormedString(inner);
    if (path) return [key, ...path];
  }
  return undefined;
}
