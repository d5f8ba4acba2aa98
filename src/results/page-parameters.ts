/** Finds the parameters of a tool that select a page, and reads and sets their arguments. Pure. */
import { isObject } from "./exact-integers.ts";
import { hasWord, splitWords } from "./name-words.ts";
import type { PagedTool } from "./types.ts";

export type CallArguments = Readonly<Record<string, unknown>>;

/** The purpose of a parameter. A cursor takes a token of the API or the id of a record. */
export type PageRole = "cursor" | "offset" | "page" | "limit";

export interface PageParameter {
  /** The argument of the tool. */
  readonly argument: string;
  /** The property of the argument, for a parameter of style `deepObject` such as `page[number]`. */
  readonly property?: string | undefined;
  /** The name in the document: `$skip`, `page[number]`. */
  readonly name: string;
  readonly words: readonly string[];
  readonly schema: Readonly<Record<string, unknown>>;
  readonly role: PageRole | undefined;
  readonly isQuery: boolean;
}

/** Leaves out what finding pages does not need. The result can be sent to a worker. */
export function toPagedTool(tool: PagedTool): PagedTool {
  const { name, inputSchema, argumentTargets, operation, api } = tool;
  const { baseUrl, securitySchemes } = api;
  return { name, inputSchema, argumentTargets, operation, api: { baseUrl, securitySchemes } };
}

const cache = new WeakMap<PagedTool, readonly PageParameter[]>();

/** Returns the parameters in the query and the headers, and the properties of the body. */
export function listParameters(tool: PagedTool): readonly PageParameter[] {
  const known = cache.get(tool);
  if (known) return known;
  const parameters = Object.entries(tool.argumentTargets).flatMap(([argument, target]) => {
    const schema = argumentSchema(tool, argument);
    if (target.in === "property") return [toParameter(argument, target.name, schema, false)];
    const parameter = target.in === "parameter" ? tool.operation.parameters[target.index] : undefined;
    if (!parameter || (parameter.in !== "query" && parameter.in !== "header")) return [];
    const isQuery = parameter.in === "query";
    if (parameter.style !== "deepObject" || !isObject(schema.properties))
      return [toParameter(argument, parameter.name, schema, isQuery)];
    return Object.entries(schema.properties).map(([property, inner]) => ({
      ...toParameter(argument, `${parameter.name}[${property}]`, isObject(inner) ? inner : {}, isQuery),
      property,
    }));
  });
  const corrected = parameters.map((parameter) => withFirst(parameter, parameters));
  cache.set(tool, corrected);
  return corrected;
}

/** Beside a limit, `first` is the number of the first record. Alone it is the limit. */
function withFirst(parameter: PageParameter, all: readonly PageParameter[]): PageParameter {
  const { role, words, schema } = parameter;
  const isFirst = role === "limit" && words.join(" ") === "first" && acceptsNumbersOnly(schema);
  const hasLimit = all.some((other) => other !== parameter && other.role === "limit");
  return isFirst && hasLimit ? { ...parameter, role: "offset" } : parameter;
}

function toParameter(
  argument: string,
  name: string,
  schema: Readonly<Record<string, unknown>>,
  isQuery: boolean,
): PageParameter {
  const words = splitWords(name).filter((word) => isQuery || word !== "x");
  const inner = innerWords(name);
  const role = findRole(words, schema) ?? (inner && findRole(inner, schema));
  return { argument, name, words, schema, isQuery, role };
}

/** Returns the words of the last part of `pagination[page]` and `search.currentPage`. `filter[from]` is no page. */
function innerWords(name: string): readonly string[] | undefined {
  const [, outer, inner] = /^(\w+)(?:\[|\.)(\w+)\]?$/.exec(name) ?? [];
  if (!outer || !inner || hasWord(splitWords(outer), ...FILTER_OBJECTS)) return undefined;
  return splitWords(inner);
}

const FILTER_OBJECTS = "filter filters where range date created updated modified price".split(" ");

function argumentSchema(tool: PagedTool, name: string): Readonly<Record<string, unknown>> {
  const { properties } = tool.inputSchema;
  const schema = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isObject(schema) ? schema : {};
}

const PLACES = "index at row record result position pos item element number from entry hit id display".split(
  " ",
);
const OTHER_TOKENS =
  "access auth authorization api csrf xsrf session refresh client device sync upload".split(" ");
const TIMES = "date time day created updated modified timestamp year month".split(" ");

function findRole(words: readonly string[], schema: Readonly<Record<string, unknown>>): PageRole | undefined {
  const has = (...wanted: readonly string[]) => hasWord(words, ...wanted);
  const only = (...allowed: readonly string[]) => words.every((word) => allowed.includes(word));
  if (hasType(schema, "boolean") || /^date/.test(String(schema.format)) || has(...TIMES)) return undefined;
  if (has("before", "prev", "previous", "until", "ending", "include", "includes", "with", "sort"))
    return undefined;
  if (has("token") && has(...OTHER_TOKENS)) return undefined;
  if (has("cursor", "token", "marker", "continuation", "continue", "scroll", "bookmark", "after"))
    return "cursor";
  if (has("start", "starting", "exclusive", "last", "from", "max", "since", "gt") && has("key", "id", "seen"))
    return "cursor";
  if ((has("exclusive") && has("start")) || (has("offset", "min") && has("id"))) return "cursor";
  if (only("since") || only("next") || (has("state") && has("page", "paging"))) return "cursor";
  if (has("limit", "per", "size", "top", "take") || only("n") || only("count") || only("num")) return "limit";
  if (has("offset", "skip", "ofs")) return "offset";
  if (only("page", "number", "num", "no", "nr", "index", "current", "start", "idx") && has("page"))
    return "page";
  if (only("p") || only("pg") || only("paged")) return "page";
  if (has("start", "begin", "from", "first") && has(...PLACES) && !has("id")) return "offset";
  if (only("start") || only("begin")) return "offset";
  if (only("from") || only("position", "pos")) return acceptsNumbersOnly(schema) ? "offset" : undefined;
  if (has("max", "count", "num", "rows", "length", "batch") || only("first") || only("results"))
    return "limit";
  return undefined;
}

function hasType(schema: Readonly<Record<string, unknown>>, type: string): boolean {
  return schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type));
}

export function acceptsNumbersOnly(schema: Readonly<Record<string, unknown>>): boolean {
  return (hasType(schema, "integer") || hasType(schema, "number")) && !hasType(schema, "string");
}

/** Returns whether a value suits the schema of a parameter, as far as numbers and texts matter. */
export function acceptsValue({ schema }: PageParameter, value: unknown): boolean {
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return false;
  return !acceptsNumbersOnly(schema) || toInteger(value) !== undefined;
}

/** Converts a text to the type that the schema declares: of a link, every value is a text. */
export function toDeclaredType({ schema }: PageParameter, text: string): unknown {
  if (acceptsNumbersOnly(schema)) return toInteger(text) ?? text;
  if (hasType(schema, "boolean") && /^(true|false)$/.test(text)) return text === "true";
  return text;
}

export function readArgument(callArguments: CallArguments, { argument, property }: PageParameter): unknown {
  const value = Object.hasOwn(callArguments, argument) ? callArguments[argument] : undefined;
  if (property === undefined) return value;
  return isObject(value) && Object.hasOwn(value, property) ? value[property] : undefined;
}

export function setArgument(
  callArguments: CallArguments,
  { argument, property }: PageParameter,
  value: unknown,
): CallArguments {
  if (property === undefined) return { ...callArguments, [argument]: value };
  const object = callArguments[argument];
  return { ...callArguments, [argument]: { ...(isObject(object) ? object : {}), [property]: value } };
}

export function removeArgument(
  callArguments: CallArguments,
  { argument, property }: PageParameter,
): CallArguments {
  const { [argument]: value, ...rest } = callArguments;
  if (property === undefined || !isObject(value)) return rest;
  const { [property]: _removed, ...properties } = value;
  return Object.keys(properties).length === 0 ? rest : { ...rest, [argument]: properties };
}

/** Returns the integer of a number or of a text of digits. */
export function toInteger(value: unknown): number | undefined {
  if (typeof value !== "number" && typeof value !== "string" && typeof value !== "bigint") return undefined;
  if (typeof value === "string" && !/^\s*-?\d+\s*$/.test(value)) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
}
