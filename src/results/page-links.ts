/** Follows a link to the next page: only to the operation of the call, at the configured API. Pure. */
import { stringifyJson } from "../json.ts";
import { isObject } from "./exact-integers.ts";
import {
  type CallArguments,
  listParameters,
  type PageParameter,
  removeArgument,
  setArgument,
  toDeclaredType,
} from "./page-parameters.ts";
import type { ExtraQuery, PagedTool } from "./types.ts";

/** The call that a link leads to. */
export type LinkTarget =
  | { readonly outcome: "call"; readonly next: CallArguments; readonly extraQuery: ExtraQuery | undefined }
  /** The link leads to the call that was made. */
  | { readonly outcome: "same" }
  /** The link leads to something that is no call of the operation. */
  | { readonly outcome: "elsewhere" };

/** More than any API puts into a link, and less than servers accept. */
const MAX_EXTRA_LENGTH = 6000;

/**
 * Returns the call that a link stands for (RFC 3986). Of the link only the query is used, so that the next request
 * cannot leave the operation, whatever the link says.
 */
export function followLink(
  tool: PagedTool,
  callArguments: CallArguments,
  extraQuery: ExtraQuery | undefined,
  link: string,
): LinkTarget {
  const path = fillPath(tool, callArguments);
  const base = URL.parse(joinUrl(tool.api.baseUrl, path));
  const url = base && URL.parse(link.trim(), base);
  if (!url || !isSameOperation(tool, base, url, path)) return { outcome: "elsewhere" };
  const linked = readQuery(tool, callArguments, url.searchParams);
  const size = JSON.stringify(linked.extraQuery).length;
  if (size > MAX_EXTRA_LENGTH) return { outcome: "elsewhere" };
  const extra = Object.keys(linked.extraQuery).length === 0 ? undefined : linked.extraQuery;
  if (requestKey(linked.next, extra) === requestKey(callArguments, extraQuery)) return { outcome: "same" };
  return { outcome: "call", next: linked.next, extraQuery: extra };
}

/** Returns a text that is the same for calls that send the same request. A link holds the number 2 as a text. */
export function requestKey(callArguments: CallArguments, extraQuery: ExtraQuery | undefined): string {
  const sort = (object: object) =>
    Object.entries(object)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]): unknown => [name, isObject(value) ? sort(value) : toText(value)]);
  const toText = (value: unknown) => (/^(number|bigint)$/.test(typeof value) ? String(value) : value);
  return stringifyJson([sort(callArguments), sort(extraQuery ?? {})]);
}

function fillPath(tool: PagedTool, callArguments: CallArguments): string {
  const [path = ""] = tool.operation.path.split(/[?#]/);
  const values = new Map<string, unknown>();
  for (const [argument, target] of Object.entries(tool.argumentTargets)) {
    const parameter = target.in === "parameter" ? tool.operation.parameters[target.index] : undefined;
    if (parameter?.in === "path") values.set(parameter.name, callArguments[argument]);
  }
  return path.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    const value = values.get(name);
    return value === undefined || typeof value === "object" ? whole : encodeURIComponent(String(value));
  });
}

function joinUrl(base: string, path: string): string {
  return `${base.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`;
}

/** Compares host and path. Another scheme is accepted, because APIs behind a proxy often do not know theirs. */
function isSameOperation(tool: PagedTool, base: URL, url: URL, path: string): boolean {
  if (!/^https?:$/.test(url.protocol)) return false;
  const addresses = [base];
  // The document may name the public address of an API that is called at another one.
  for (const server of tool.operation.servers ?? []) {
    const address = URL.parse(joinUrl(server, path), base);
    if (address) addresses.push(address);
  }
  // A proxy may remove a prefix from the path, so that the API does not know it.
  const bare = URL.parse(joinUrl(base.origin, path));
  if (bare) addresses.push(bare);
  return addresses.some(({ host, pathname }) => host === url.host && isSamePath(pathname, url.pathname));
}

function isSamePath(one: string, other: string): boolean {
  const normalize = (path: string) => path.split("/").map(decode).join("/").replace(/\/+$/, "");
  return normalize(one) === normalize(other);
}

function decode(segment: string): string {
  try {
    // An encoded slash must not look like one that separates segments.
    return encodeURIComponent(decodeURIComponent(segment));
  } catch {
    return segment;
  }
}

/**
 * Reads the query of a link: declared parameters as arguments, and the others as they are. Arguments that select another
 * page are removed, and all others are kept.
 */
function readQuery(
  tool: PagedTool,
  callArguments: CallArguments,
  query: URLSearchParams,
): { readonly next: CallArguments; readonly extraQuery: ExtraQuery } {
  const parameters = listParameters(tool).filter(({ isQuery }) => isQuery);
  const fixedNames = new Set(new URLSearchParams(tool.operation.path.split("?")[1] ?? "").keys());
  const credentials = new Set(
    Object.values(tool.api.securitySchemes ?? {}).flatMap((scheme) =>
      scheme.type === "apiKey" && scheme.in === "query" ? [scheme.name] : [],
    ),
  );
  let next = callArguments;
  for (const parameter of parameters)
    if (parameter.role !== undefined && parameter.role !== "limit" && !query.has(parameter.name))
      next = removeArgument(next, parameter);
  const extra: [string, readonly string[]][] = [];
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    const parameter = parameters.find((one) => one.name === name);
    if (parameter) next = setFromLink(next, parameter, values);
    else if (isDeclared(parameters, name) || fixedNames.has(name) || credentials.has(name)) continue;
    else extra.push([name, values]);
  }
  return { next, extraQuery: Object.fromEntries(extra) };
}

function setFromLink(
  callArguments: CallArguments,
  parameter: PageParameter,
  values: readonly string[],
): CallArguments {
  const { schema, argument, property } = parameter;
  const isScalar = schema.type !== "array" && schema.type !== "object";
  // The link repeats a list or an object of the call in its own notation.
  if (!isScalar && property === undefined && Object.hasOwn(callArguments, argument)) return callArguments;
  const [first = ""] = values;
  if (isScalar && values.length === 1)
    return setArgument(callArguments, parameter, toDeclaredType(parameter, first));
  return setArgument(callArguments, parameter, schema.type === "array" || values.length > 1 ? values : first);
}

/** Returns whether a name belongs to a parameter with properties: `filter[colour]`. */
function isDeclared(parameters: readonly PageParameter[], name: string): boolean {
  const [outer = ""] = name.split("[");
  return outer !== name && parameters.some((one) => one.name === outer && one.schema.type === "object");
}
