/** Finds the next page of a list and the call that fetches it, from the response and the tool's parameters. Pure. */
import type { Tool } from "../tools/types.ts";
import { type FoundList, findList } from "./find-list.ts";
import { hasWord, splitWords } from "./name-words.ts";
import { findCountedPage, isFullPage } from "./page-count.ts";
import { collectFields, type PageField } from "./page-fields.ts";
import { followLink } from "./page-links.ts";
import {
  acceptsValue,
  type CallArguments,
  listParameters,
  type PageParameter,
  readArgument,
  setArgument,
  toInteger,
} from "./page-parameters.ts";
import { type PagePosition, readPosition } from "./page-position.ts";
import { type ClassifiedField, classifyField } from "./page-signs.ts";
import { findTokenParameter, isSameName, readLastId } from "./page-tokens.ts";
import { type Content, findHeader } from "./response-head.ts";
import type { ExtraQuery, MorePages } from "./types.ts";

/** The call that fetched a page, and what is known from the pages before it. */
export interface PageCall {
  readonly arguments: CallArguments;
  readonly extraQuery?: ExtraQuery | undefined;
  /** The number of records in the pages before. Undefined when it is unknown. */
  readonly fetched?: number | undefined;
  /** Whether an earlier page named the next one. A page that does not is then the last. */
  readonly wasNamed?: boolean | undefined;
  /** The path of the list in an earlier page. */
  readonly listPath?: string | undefined;
}

/** Finds the records of a response. */
export function findRecords(tool: Tool, value: unknown, path?: string): FoundList | undefined {
  const segments = (tool.operation.path ?? "").split("/").filter((segment) => !/[{}]/.test(segment));
  return findList(value, { operationWords: segments.flatMap((segment) => splitWords(segment)), path });
}

/**
 * Returns undefined when nothing in the response says that there is a further page.
 * @param value the JSON body of the response.
 */
export function findMorePages(
  tool: Tool,
  call: PageCall,
  content: Content,
  value: unknown,
): MorePages | undefined {
  const found = findRecords(tool, value, call.listPath);
  const fields = classifyFields(tool, content, found);
  const position = readPosition(content, found, fields, call.fetched);
  const total = position.total === position.length ? undefined : position.total;
  const linked = findLinkedPage(tool, call, content, found ? fields : []);
  if (linked?.next || !found) return linked && { ...linked, total };
  const isEnd = position.isEnd && position.more === undefined;
  const named = isEnd ? undefined : findTokenPage(tool, call, fields, position);
  if (named?.next) return { ...named, total };
  const counted = findCountedPage(tool, call.arguments, position);
  const page =
    (counted?.next && counted) ??
    (counted && findPageAfterLast(tool, call, found, position, counted)) ??
    linked ??
    named ??
    counted;
  return page && { ...page, total };
}

function classifyFields(
  tool: Tool,
  content: Content,
  found: FoundList | undefined,
): readonly ClassifiedField[] {
  const listWords = (found?.path ?? "").split(".").flatMap((name) => splitWords(name));
  const parameters = listParameters(tool);
  return collectFields(content, found).flatMap((field): readonly ClassifiedField[] => {
    const sign = classifyField(field, listWords);
    if (sign !== undefined) return [{ sign, field }];
    return isTokenOfParameter(parameters, field) ? [{ sign: "token", field }] : [];
  });
}

/** Returns whether a text is named like a parameter that selects a page: `offset: "eyJ0"` is a token. */
function isTokenOfParameter(
  parameters: readonly PageParameter[],
  { words, value, isTrusted }: PageField,
): boolean {
  if (!isTrusted || typeof value !== "string" || value === "" || toInteger(value) !== undefined) return false;
  return parameters.some(
    ({ role, words: own }) => role !== undefined && role !== "limit" && isSameName(own, words),
  );
}

/** Returns the call that a link leads to, or the sign that a link leads elsewhere. */
function findLinkedPage(
  tool: Tool,
  { arguments: callArguments, extraQuery }: PageCall,
  content: Content,
  fields: readonly ClassifiedField[],
): MorePages | undefined {
  const inBody = fields.flatMap(({ sign, field }) => (sign === "link" ? [String(field.value)] : []));
  let elsewhere: string | undefined;
  for (const link of [...readLinkHeader(content), ...inBody]) {
    const target = followLink(tool, callArguments, extraQuery, link);
    if (target.outcome === "call")
      return {
        next: target.next,
        extraQuery: target.extraQuery,
        sign: "the API links to it",
        isNamed: true,
      };
    if (target.outcome === "elsewhere") elsewhere ??= link;
  }
  if (elsewhere === undefined) return undefined;
  const shown = elsewhere.length > 200 ? `${elsewhere.slice(0, 200)}…` : elsewhere;
  return { sign: `the API's link to the next page is no call of ${tool.name}: ${shown}`, isNamed: true };
}

/** Returns the targets of the next links of a Link header (RFC 8288). */
function readLinkHeader(content: Content): readonly string[] {
  const header = findHeader(content, "link") ?? "";
  const links = [...header.matchAll(/<([^>]*)>((?:\s*;[^,<]*(?:"[^"]*")?)*)/g)];
  return links.flatMap(([, target = "", parameters = ""]) =>
    /;\s*rel\s*=\s*"?(?:[^";]*\s)?next(?:\s|"|;|$)/i.test(parameters) ? [target] : [],
  );
}

/** Returns the call with the token of the next page, or the sign that no parameter takes it. */
function findTokenPage(
  tool: Tool,
  call: PageCall,
  fields: readonly ClassifiedField[],
  position: PagePosition,
): MorePages | undefined {
  const parameters = listParameters(tool);
  const order = ["next", "token", "last-id"];
  const candidates = fields
    .filter((one) => isCandidate(one, tool, call, position))
    .toSorted((one, other) => order.indexOf(one.sign) - order.indexOf(other.sign));
  let unused: string | undefined;
  for (const { sign, field } of candidates) {
    const parameter = findTokenParameter(parameters, field);
    if (!parameter) {
      if (sign === "next" || hasWord(field.words, "cursor", "continuation", "scroll", "marker", "bookmark"))
        unused ??= field.name;
      continue;
    }
    const current = readArgument(call.arguments, parameter);
    // The same token as before is an echo or the end, and a smaller number does not lead on.
    if (String(current) === String(field.value)) continue;
    const [number, from] = [toInteger(field.value), toInteger(current)];
    if (parameter.role !== "cursor" && number !== undefined && number <= (from ?? 0)) continue;
    return {
      next: setArgument(call.arguments, parameter, field.value),
      sign: `the API names it in ${field.name}`,
      isNamed: sign === "next",
    };
  }
  return unused === undefined
    ? undefined
    : {
        sign: `the API names the next page in ${unused}, which no argument of the tool takes`,
        isNamed: true,
      };
}

function isCandidate(
  { sign, field }: ClassifiedField,
  tool: Tool,
  call: PageCall,
  position: PagePosition,
): boolean {
  if (sign === "next") return true;
  if (sign === "last-id") return position.more !== undefined || isFullPage(tool, call.arguments, position);
  // `cursors: {after}` stays on the last page, where the name of the next page is gone.
  return sign === "token" && !(call.wasNamed && !hasWord(field.words, "token", "continue", "continuation"));
}

/** Returns the call with the id of the last record, when the tool takes it and nothing else leads on. */
function findPageAfterLast(
  tool: Tool,
  call: PageCall,
  { list }: FoundList,
  { hasNoNext, more }: PagePosition,
  { sign }: MorePages,
): MorePages | undefined {
  if (more === undefined && (hasNoNext || call.wasNamed)) return undefined;
  for (const parameter of listParameters(tool)) {
    if (parameter.role !== "cursor") continue;
    const value = readLastId(list, parameter);
    if (value === undefined || !acceptsValue(parameter, value)) continue;
    if (String(readArgument(call.arguments, parameter)) === String(value)) continue;
    return { next: setArgument(call.arguments, parameter, value), sign, isNamed: false };
  }
  return undefined;
}
