/** Finds the next page of a list and the call that fetches it, from the response and the tool's parameters. Pure. */
import { type FoundList, findList } from "./find-list.ts";
import { hasWord, splitWords } from "./name-words.ts";
import { findCountedPage } from "./page-count.ts";
import { collectFields, type PageField } from "./page-fields.ts";
import { followLink } from "./page-links.ts";
import { listParameters, type PageParameter, toInteger } from "./page-parameters.ts";
import { readPosition } from "./page-position.ts";
import { type ClassifiedField, classifyField, type PageSign } from "./page-signs.ts";
import { findPageAfterLast, findTokenPage, isSameName } from "./page-tokens.ts";
import { withNumbers } from "./page-vocabulary.ts";
import { type Content, findHeader } from "./response-head.ts";
import type { MorePages, PageCall, PagedTool } from "./types.ts";

/** Finds the records of a response. */
export function findRecords(tool: PagedTool, value: unknown, path?: string): FoundList | undefined {
  const operationWords = operationNames(tool).flatMap((name) => splitWords(name));
  return findList(value, { operationWords, path });
}

/** Returns the literal segments of the operation's path: `orders` of `/shops/{id}/orders`. */
function operationNames(tool: PagedTool): readonly string[] {
  return (tool.operation.path ?? "").split("/").filter((segment) => !/[{}]/.test(segment));
}

/**
 * Returns undefined when nothing in the response says that there is a further page.
 * @param value the JSON body of the response.
 */
export function findMorePages(
  tool: PagedTool,
  call: PageCall,
  content: Content,
  value: unknown,
): MorePages | undefined {
  const found = findRecords(tool, value, call.listPath);
  const fields = classifyFields(tool, content, found);
  const position = readPosition(content, found, fields, call);
  const total = position.total === position.length ? undefined : position.total;
  const linked = findLinkedPage(tool, call, content, found ? fields : []);
  if (linked?.next || !found) return linked && { ...linked, total, page: position.page };
  const isEnd = position.isEnd && position.more === undefined;
  const named = isEnd ? undefined : findTokenPage(tool, call, fields, position);
  if (named?.next && !named.isGuess) return { ...named, total, page: position.page };
  const counted = findCountedPage(tool, call.arguments, position);
  const sure = counted?.isGuess ? undefined : counted;
  const page =
    (sure?.next && sure) ??
    (sure && findPageAfterLast(tool, call, found, position, sure)) ??
    linked ??
    named ??
    counted;
  return page && { ...page, total, page: position.page };
}

function classifyFields(
  tool: PagedTool,
  content: Content,
  found: FoundList | undefined,
): readonly ClassifiedField[] {
  const names = [...(found?.path ?? "").split("."), ...operationNames(tool)];
  const listWords = withNumbers(names.flatMap((name) => splitWords(name)));
  const parameters = listParameters(tool);
  return collectFields(content, found).flatMap((field): readonly ClassifiedField[] => {
    const sign = classifyField(field, listWords);
    if (sign !== undefined) return [{ sign, field }];
    const named = isTextWithParameter(parameters, field);
    return named ? [{ sign: named, field }] : [];
  });
}

/**
 * Returns the sign of a text that is named like a parameter: `offset: "eyJ0"` is a token, and `carry: "k3"` may be one.
 * A response may also repeat a filter.
 */
function isTextWithParameter(
  parameters: readonly PageParameter[],
  { words, value, isTrusted }: PageField,
): PageSign | undefined {
  if (!isTrusted || typeof value !== "string" || value === "" || toInteger(value) !== undefined)
    return undefined;
  const parameter = parameters.find((one) => isSameName(one.words, words));
  if (!parameter || parameter.role === "limit") return undefined;
  if (parameter.role !== undefined) return "token";
  const { type, enum: choices, default: fallback, format } = parameter.schema;
  const isPlain =
    type === "string" && choices === undefined && fallback === undefined && format === undefined;
  const isOpaque = !/^\d{4}-\d\d|\s/.test(value) && value.length <= 4000;
  return isPlain && isOpaque && !hasWord(words, ...FILTER_WORDS) ? "guess" : undefined;
}

const FILTER_WORDS = (
  "q query search filter filters sort order lang language locale region version currency id code name type status format fields " +
  "date time zone country user account api tenant site category unit units"
).split(" ");

/** Returns the call that a link leads to, or the sign that a link leads elsewhere. */
function findLinkedPage(
  tool: PagedTool,
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
  const links = [...header.matchAll(/<([^<>]*)>((?:[^,<"]|"[^"]*")*)/g)];
  return links.flatMap(([, target = "", parameters = ""]) =>
    /;\s*rel\s*=\s*"?(?:[^";]*\s)?next(?:\s|"|;|$)/i.test(parameters) &&
    !/;\s*results\s*=\s*"?false\b/i.test(parameters)
      ? [target]
      : [],
  );
}
