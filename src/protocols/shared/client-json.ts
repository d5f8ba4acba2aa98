/** Reads JSON of clients within limits, so that one request takes neither the memory nor the time of all others. */
import { z } from "zod";
import { AppError, type ErrorCode } from "../../errors.ts";
import { isObject, type JsonObject } from "../../json.ts";

/** Objects and lists within each other. */
const MAX_DEPTH = 100;
/** Values of one text: members of objects and entries of lists, at all depths. */
const MAX_VALUES = 50_000;
/** Digits of a number in a row. Reading millions takes long. */
const MAX_DIGITS = 1000;
/** Characters of a name that an error repeats. */
const MAX_QUOTED = 100;

/**
 * Parses the JSON of a client.
 * @param parse replaces `JSON.parse`.
 * @throws SyntaxError for invalid JSON. AppError with `code`, naming the field, beyond a limit and for an unpaired surrogate.
 */
export function parseClientJson(
  text: string,
  code: ErrorCode = "bad_request",
  parse: (text: string) => unknown = JSON.parse,
): unknown {
  const excess = findExcess(text);
  if (excess) throw new AppError(code, `${excess.field ?? "body"}: ${excess.problem}.`);
  const value = parse(text);
  if (!ESCAPED_SURROGATE.test(text)) return value;
  const path = findIllFormed(value);
  if (path) {
    const field = path.join(".").slice(0, MAX_QUOTED) || "body";
    throw new AppError(code, `${field}: has an unpaired surrogate (\\ud800 to \\udfff).`);
  }
  return value;
}

/**
 * Accepts a list of at most `max` entries. It is validated up to its first invalid entry: a list of many would otherwise cost an
 * error for each.
 */
export function clientList<Item extends z.ZodType>(item: Item, max: number) {
  return z
    .array(z.unknown())
    .max(max, `at most ${max} entries`)
    .transform((values, context): z.output<Item>[] => {
      const entries: z.output<Item>[] = [];
      for (const [index, value] of values.entries()) {
        const read = item.safeParse(value);
        if (!read.success) {
          const [issue] = read.error.issues;
          context.addIssue({
            code: "custom",
            message: issue?.message ?? "invalid value",
            path: [index, ...(issue?.path ?? [])],
          });
          return z.NEVER;
        }
        entries.push(read.data);
      }
      return entries;
    });
}

/** Accepts an object of any members, which are not looked at: `z.record` validates each key, which takes long. */
export function clientObject() {
  return z.custom<JsonObject>(isObject, "expected an object");
}

/** Describes the first problem of a value: `messages.3.content: …`. A long path is shortened. */
export function describeProblem({ issues }: z.ZodError): string {
  const [issue] = issues;
  const path = (issue?.path ?? []).map(String).join(".").slice(0, MAX_QUOTED);
  return `${path || "body"}: ${issue?.message ?? "invalid value"}`;
}

interface Excess {
  /** The member of the outermost object; undefined when the text is no object. */
  readonly field: string | undefined;
  readonly problem: string;
}

/** Counts depth, values and digits of a text without parsing it. Invalid JSON is not noticed. */
function findExcess(text: string): Excess | undefined {
  let [depth, values, digits, keyStart, keyEnd] = [0, 0, 0, 0, 0];
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
  return undefined;
}

function describeExcess(depth: number, values: number): string {
  if (depth > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} levels`;
  return values > MAX_VALUES
    ? `more than ${MAX_VALUES} values`
    : `a number of more than ${MAX_DIGITS} digits`;
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

/** Returns the path of a text with an unpaired surrogate. Its depth is limited. */
function findIllFormed(value: unknown): readonly string[] | undefined {
  if (typeof value === "string") return value.isWellFormed() ? undefined : [];
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (!key.isWellFormed()) return [];
    const path = findIllFormed(inner);
    if (path) return [key, ...path];
  }
  return undefined;
}
