/** Reads all parameters of an operation, including those of its path item. */
import type { LoadedDocument } from "./document/library.ts";
import { OperationError } from "./document/operation-error.ts";
import { isReference, type References } from "./document/reference.ts";
import { isObject, type JsonObject, listOf } from "./document/value.ts";
import { type ReadContext, readParameter } from "./parameter.ts";
import { readQueryStringParameters } from "./query-string.ts";
import type { Parameter } from "./types.ts";

/** Parameters by their objects in the document, so that a shared parameter is read once. */
export type ParameterCache = Map<unknown, readonly Parameter[]>;

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
      merged.set(`${value.in} ${value.name}`, { value, document });
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
  return listOf(value).flatMap((entry) => {
    const located = references.followOrWarn(entry, document, "the parameter is left out");
    if (located.value === undefined) return [];
    const isList = Array.isArray(located.value) && isReference(entry) && depth < MAX_NESTED_LISTS;
    return isList ? listEntries(located, references, depth + 1) : [located];
  });
}

const MAX_NESTED_LISTS = 3;

/**
 * Reads the parameters that are not part of the body. Leaves out path parameters that `path` does not contain, and adds
 * those that it contains but no parameter declares.
 */
export function readParameters(
  locatedParameters: readonly LocatedParameter[],
  path: string,
  context: ReadContext,
  cache: ParameterCache,
): readonly Parameter[] {
  const names = parseTemplateNames(path);
  const parameters = locatedParameters.flatMap((parameter) => readCached(parameter, context, cache));
  const usable = parameters.filter((parameter) => parameter.in !== "path" || names.has(parameter.name));
  for (const parameter of usable) if (parameter.in === "path") names.delete(parameter.name);
  // A placeholder in the query of a path can be a query parameter.
  const [, query = ""] = path.split("?");
  for (const { in: location, name } of query === "" ? [] : usable)
    if (location === "query" && query.includes(`={${name}}`)) names.delete(name);
  return [...usable, ...[...names].map(createUndeclaredParameter)];
}

function parseTemplateNames(path: string): Set<string> {
  if (!path.includes("{")) return new Set();
  return new Set([...path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? ""));
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
