/** Reads all parameters of an operation, including those of its path item. */
import type { LoadedDocument } from "./document/library.ts";
import { OperationError } from "./document/operation-error.ts";
import { isReference, type References } from "./document/reference.ts";
import { isObject, type JsonObject, listOf, writeText } from "./document/value.ts";
import { type ReadContext, readParameter } from "./parameter.ts";
import { NO_RULES, type PathTemplate, parsePathTemplate } from "./path-template.ts";
import { readQueryStringParameters } from "./query-string.ts";
import type { Parameter } from "./types.ts";

/** Parameters by their objects in the document, so that a shared parameter is read once. */
export type ParameterCache = Map<unknown, readonly Parameter[]>;

/** Characters of a path. RFC 9110, section 4.1, asks servers to take addresses of 8,000. */
const MAX_PATH_LENGTH = 8000;

/** A `parameters` field and the document that contains it. */
export interface ParameterList {
  readonly value: unknown;
  readonly document: LoadedDocument;
}

/** A Parameter Object and the document that contains it. */
export interface LocatedParameter {
  readonly value: JsonObject;
  readonly document: LoadedDocument;
}

/**
 * Merges parameter lists. A later parameter replaces an earlier one with the same name and location:
 * https://spec.openapis.org/oas/v3.1.1.html#operation-parameters
 * @throws OperationError when a parameter is not an object.
 */
export function mergeParameters(
  lists: readonly ParameterList[],
  context: ReadContext,
): readonly LocatedParameter[] {
  const merged = new Map<string, LocatedParameter>();
  for (const list of lists)
    for (const { value, document } of listEntries(list, context.references)) {
      if (!isObject(value)) throw new OperationError("a parameter is not an object");
      merged.set(`${writeText(value.in)} ${writeText(value.name)}`, { value, document });
    }
  return [...merged.values()];
}

/** Returns the entries of a list. A reference, in its place or in the place of an entry, may name another list. */
function listEntries(list: ParameterList, references: References, depth = 0): readonly ParameterList[] {
  const { value, document } = references.followOrWarn(
    list.value,
    list.document,
    "its parameters are left out",
  );
  const entries: ParameterList[] = [];
  for (const entry of listOf(value)) {
    const located = references.followOrWarn(entry, document, "the parameter is left out");
    if (located.value === undefined) continue;
    const isList = Array.isArray(located.value) && isReference(entry) && depth < MAX_NESTED_LISTS;
    if (isList) entries.push(...listEntries(located, references, depth + 1));
    else entries.push(located);
  }
  return entries;
}

const MAX_NESTED_LISTS = 3;

/** Parses the path with the names of its declared parameters. @throws OperationError when it is too long. */
export function readPathTemplate(path: string, parameters: readonly LocatedParameter[]): PathTemplate {
  if (path.length > MAX_PATH_LENGTH)
    throw new OperationError(`the path has more than ${MAX_PATH_LENGTH} characters`);
  const names = parameters.flatMap(({ value }) =>
    value.in === "path" && typeof value.name === "string" ? [value.name] : [],
  );
  return parsePathTemplate(path, new Set(names));
}

/**
 * Reads the parameters that are not part of the body. Leaves out path parameters that the path does not contain, and
 * adds those that it contains but no parameter declares.
 */
export function readParameters(
  locatedParameters: readonly LocatedParameter[],
  { text, placeholders, queryNames }: PathTemplate,
  context: ReadContext,
  cache: ParameterCache,
): readonly Parameter[] {
  const undeclared = new Map(placeholders);
  const undeclaredQueries = new Set(queryNames);
  const usable: Parameter[] = [];
  for (const parameter of locatedParameters.flatMap((entry) => readCached(entry, context, cache))) {
    const { name } = parameter;
    if (parameter.in === "query") undeclaredQueries.delete(name);
    const rules = parameter.in === "path" ? undeclared.get(name) : NO_RULES;
    if (rules === undefined) continue;
    if (parameter.in === "path") undeclared.delete(name);
    usable.push(Object.keys(rules).length === 0 ? parameter : { ...parameter, ...rules });
  }
  // A placeholder in the query of a path can be a query parameter.
  const [, query = ""] = text.split("?");
  for (const { in: location, name } of query === "" ? [] : usable)
    if (location === "query" && query.includes(`={${name}}`)) undeclared.delete(name);
  return [
    ...usable,
    ...[...undeclared].map(([name, rules]) => ({ ...createUndeclaredParameter(name), ...rules })),
    ...[...undeclaredQueries].map(createUndeclaredQuery),
  ];
}

function readCached({ value, document }: LocatedParameter, context: ReadContext, cache: ParameterCache) {
  let parameters = cache.get(value);
  if (parameters === undefined) {
    if (value.in === "querystring") parameters = readQueryStringParameters(value, document, context);
    else {
      const parameter = readParameter(value, document, context);
      parameters = parameter === undefined ? [] : [parameter];
    }
    cache.set(value, parameters);
  }
  return parameters;
}

/** Creates a parameter for a placeholder of the path template that no parameter declares. */
function createUndeclaredParameter(name: string): Parameter {
  return {
    name,
    in: "path",
    required: true,
    description: undefined,
    deprecated: false,
    style: "simple",
    explode: false,
    allowReserved: false,
    allowEmptyValue: false,
    schema: { type: "string" },
    mediaType: undefined,
    example: undefined,
  };
}

function createUndeclaredQuery(name: string): Parameter {
  return { ...createUndeclaredParameter(name), in: "query", required: false, style: "form", explode: true };
}
