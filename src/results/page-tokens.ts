/** Finds the parameter that takes a token of the next page, and the id that takes its place. Pure. */
import { isObject } from "./exact-integers.ts";
import { hasWord, splitWords } from "./name-words.ts";
import type { PageField } from "./page-fields.ts";
import { acceptsValue, type PageParameter, toInteger } from "./page-parameters.ts";

/** Returns the parameter that a token is meant for: of the same name, of a similar one, or the only one for tokens. */
export function findTokenParameter(
  parameters: readonly PageParameter[],
  { words, parent, value }: PageField,
): PageParameter | undefined {
  const usable = parameters.filter(
    (parameter) => parameter.role !== "limit" && acceptsValue(parameter, value),
  );
  const isNamed = (...names: readonly string[][]) =>
    usable.find(({ words: one }) =>
      names.some((name) => name.join("") !== "" && name.join("") === one.join("")),
    );
  const plain = words.filter((word) => !NEXT_WORDS.includes(word));
  // The token of `nextStart` is for `start`, and `next: {after}` for `page[after]`.
  const same = isNamed([...words], plain, [...parent, ...words], [...parent.filter(isNoNext), ...plain]);
  if (same) return same;
  const isNumber = toInteger(value) !== undefined;
  const ofRole = (role: string) => usable.filter((parameter) => parameter.role === role);
  const [page, offset] = [ofRole("page")[0], ofRole("offset")[0]];
  if (isNumber && hasWord(plain, "page") && page) return page;
  if (isNumber && hasWord(plain, "offset", "start", "skip", "index", "from", "position") && offset)
    return offset;
  const shared = (parameter: PageParameter) => parameter.words.filter((word) => words.includes(word)).length;
  const [cursor] = ofRole("cursor").toSorted((one, other) => shared(other) - shared(one));
  return cursor ?? offset ?? page;
}

const NEXT_WORDS = ["next", "ms", "opc", "odata"];

function isNoNext(word: string): boolean {
  return !NEXT_WORDS.includes(word);
}

/** Returns whether a field has the same name as a parameter, whatever its notation. */
export function isSameName(one: readonly string[], other: readonly string[]): boolean {
  return one.length > 0 && one.join("") === other.join("");
}

const CURSOR_WORDS =
  "after start starting exclusive last from max since gt seen cursor page next before key token".split(" ");
const ID_NAMES = ["id", "_id", "uuid", "guid", "ID", "key"];

/** Returns the id of the last record, or the field of it that the parameter names: `after_sku` → `sku`. */
export function readLastId(list: readonly unknown[], parameter: PageParameter): unknown {
  const last = list.at(-1);
  const named = parameter.words.filter((word) => !CURSOR_WORDS.includes(word));
  for (const record of unwrap(last)) {
    // An edge of a connection has its own cursor.
    for (const name of ["cursor", ...findNames(record, named), ...ID_NAMES]) {
      const value = Object.hasOwn(record, name) ? record[name] : undefined;
      if (/^(string|number|bigint)$/.test(typeof value) && value !== "" && acceptsValue(parameter, value))
        return value;
    }
  }
  return undefined;
}

function unwrap(record: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!isObject(record)) return [];
  const inner = [record.data, record.node, record.resource, record.attributes].filter(isObject);
  return [record, ...inner];
}

function findNames(record: Readonly<Record<string, unknown>>, words: readonly string[]): readonly string[] {
  if (words.length === 0) return [];
  return Object.keys(record).filter((name) => isSameName(splitWords(name), words));
}
