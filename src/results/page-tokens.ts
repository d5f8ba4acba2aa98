/** Finds the token of the next page and the parameter that takes it, or the id that takes its place. Pure. */
import { isObject } from "./exact-integers.ts";
import type { FoundList } from "./find-list.ts";
import { hasWord, splitWords } from "./name-words.ts";
import { isFullPage } from "./page-count.ts";
import type { PageField } from "./page-fields.ts";
import {
  acceptsValue,
  type CallArguments,
  listParameters,
  type PageParameter,
  readArgument,
  setArgument,
  toInteger,
} from "./page-parameters.ts";
import type { PagePosition } from "./page-position.ts";
import type { ClassifiedField } from "./page-signs.ts";
import { NEXT_WORDS } from "./page-vocabulary.ts";
import type { MorePages, PageCall, PagedTool } from "./types.ts";

interface TokenCandidate extends ClassifiedField {
  readonly parameter: PageParameter | undefined;
  /** Whether the parameter has the name of the field. */
  readonly isExact: boolean;
}

/** Returns the call with the token of the next page, or the sign that no parameter takes it. */
export function findTokenPage(
  tool: PagedTool,
  call: PageCall,
  fields: readonly ClassifiedField[],
  position: PagePosition,
): MorePages | undefined {
  const parameters = listParameters(tool);
  const candidates = fields
    .filter((one) => isCandidate(one, tool, call, position))
    .map((one): TokenCandidate => {
      const exact = findNamedParameter(parameters, one.field);
      const isExact = exact !== undefined;
      const parameter = exact ?? (needsName(one) ? undefined : findTokenParameter(parameters, one.field));
      return { ...one, parameter, isExact };
    })
    .toSorted((one, other) => rank(one) - rank(other));
  for (const candidate of candidates) {
    const { sign, field, parameter } = candidate;
    if (!parameter || !leadsOn(call.arguments, parameter, field.value)) continue;
    let next = setArgument(call.arguments, parameter, field.value);
    // An object for the next page may hold several arguments of the next call.
    for (const other of isInNext(candidate) ? candidates : [])
      if (other.isExact && other.parameter && other.field.parent === field.parent)
        next = setArgument(next, other.parameter, other.field.value);
    return {
      next,
      sign: `the API names it in ${field.name}`,
      isNamed: sign === "next" || isInNext(candidate),
      isGuess: sign === "guess",
    };
  }
  const unused = candidates.find((one) => !one.parameter && !needsName(one) && isCertain(one));
  return (
    unused && {
      sign: `the API names the next page in ${unused.field.name}, which no argument of the tool takes`,
      isNamed: true,
    }
  );
}

function isCandidate(one: ClassifiedField, tool: PagedTool, call: PageCall, position: PagePosition): boolean {
  const { sign, field } = one;
  if (sign === "next") return true;
  if (sign === "guess" && /\d/.test(String(field.value))) return true;
  if (sign === "guess" || sign === "last-id")
    return position.more !== undefined || isFullPage(tool, call.arguments, position);
  if (sign !== "token") return false;
  // `cursors: {after}` stays on the last page, where the name of the next page is gone.
  return isInNext(one) || !call.wasNamed || hasWord(field.words, "token", "continue", "continuation");
}

function rank({ sign, isExact }: TokenCandidate): number {
  return ["next", "token", "last-id", "guess"].indexOf(sign) * 2 + (isExact ? 0 : 1);
}

function isInNext({ field }: ClassifiedField): boolean {
  return hasWord(field.parent, ...NEXT_WORDS);
}

/** Returns whether a field counts only with a parameter of its name: `next: {label: "Page 2"}` is no token. */
function needsName(one: ClassifiedField): boolean {
  return one.sign === "guess" || (one.sign === "token" && isInNext(one));
}

/** Returns whether a field means a next page even when no parameter takes it. */
function isCertain({ sign, field }: ClassifiedField): boolean {
  return sign === "next" || hasWord(field.words, "cursor", "continuation", "scroll", "marker", "bookmark");
}

/** The same token as before is an echo or the end. A smaller offset or page number does not lead on. */
function leadsOn(callArguments: CallArguments, parameter: PageParameter, value: unknown): boolean {
  const current = readArgument(callArguments, parameter);
  if (String(current) === String(value)) return false;
  const number = toInteger(value);
  const isCounted = parameter.role === "offset" || parameter.role === "page";
  return !isCounted || number === undefined || number > (toInteger(current) ?? 0);
}

/** Returns the call with the id of the last record, when the tool takes it and nothing else leads on. */
export function findPageAfterLast(
  tool: PagedTool,
  call: PageCall,
  { list }: FoundList,
  { hasNoNext, more }: PagePosition,
  { sign }: MorePages,
): MorePages | undefined {
  if (more === undefined && (hasNoNext || call.wasNamed)) return undefined;
  const parameters = listParameters(tool);
  const backward = isNewestFirst(list) ? findBackwardParameter(parameters) : undefined;
  for (const parameter of parameters) {
    if (parameter.role !== "cursor" && parameter !== backward) continue;
    const value = readLastId(list, parameter);
    if (value === undefined || String(readArgument(call.arguments, parameter)) === String(value)) continue;
    return { next: setArgument(call.arguments, parameter, value), sign, isNamed: false };
  }
  return undefined;
}

/** Returns whether the ids of the records are numbers that fall. */
function isNewestFirst(list: readonly unknown[]): boolean {
  const ids = list.map((record) => toInteger(Object(record).id));
  return (
    ids.length > 1 &&
    ids.every((id, index) => id !== undefined && (index === 0 || id < (ids[index - 1] ?? id)))
  );
}

/** Returns the parameter of the same name: the token of `nextStart` is for `start`, and `next: {after}` for `page[after]`. */
function findNamedParameter(
  parameters: readonly PageParameter[],
  { words, parent, value }: PageField,
): PageParameter | undefined {
  const plain = withoutNext(words);
  const names = [words, plain, [...parent, ...words], [...withoutNext(parent), ...plain]];
  return parameters.find(
    (parameter) =>
      parameter.role !== "limit" &&
      acceptsValue(parameter, value) &&
      names.some((name) => isSameName(parameter.words, name)),
  );
}

function withoutNext(words: readonly string[]): readonly string[] {
  return words.filter((word) => !["next", "ms", "opc", "odata"].includes(word));
}

/** Returns the parameter that a token is meant for: of a similar name, or the only one for tokens. */
function findTokenParameter(
  parameters: readonly PageParameter[],
  { words, value }: PageField,
): PageParameter | undefined {
  const usable = parameters.filter((parameter) => acceptsValue(parameter, value));
  const isNumber = toInteger(value) !== undefined;
  const ofRole = (role: string) => usable.filter((parameter) => parameter.role === role);
  const [page, offset] = [ofRole("page")[0], ofRole("offset")[0]];
  if (isNumber && hasWord(words, "page") && page) return page;
  if (isNumber && hasWord(words, "offset", "start", "skip", "index", "from", "position") && offset)
    return offset;
  const shared = (parameter: PageParameter) => parameter.words.filter((word) => words.includes(word)).length;
  const [cursor] = ofRole("cursor").toSorted((one, other) => shared(other) - shared(one));
  return cursor ?? offset ?? page ?? findBackwardParameter(usable);
}

/** Returns the only parameter that ends a page where the last one began: newest records come first. */
function findBackwardParameter(parameters: readonly PageParameter[]): PageParameter | undefined {
  const backward = parameters.filter(({ words }) =>
    /^(until|before|before id|max|to)$/.test(words.join(" ")),
  );
  return backward.length === 1 ? backward[0] : undefined;
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
    const otherIds = Object.keys(record).filter((name) => splitWords(name).at(-1) === "id");
    for (const name of ["cursor", ...findNames(record, named), ...ID_NAMES, ...otherIds]) {
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
