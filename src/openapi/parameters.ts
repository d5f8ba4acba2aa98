/** All parameters of one operation: the path item's, overridden by its own. */

import type { LoadedDocument } from "./document/library.ts";
import { OperationError } from "./document/operation-error.ts";
import type { Located } from "./document/reference.ts";
import { isObject, type JsonObject, listOf } from "./document/value.ts";
import { type ReadContext, readParameter } from "./parameter.ts";
import { readQueryStringParameters } from "./query-string.ts";
import type { Parameter } from "./types.ts";

/** A parameter, read once however many operations refer to it. */
export type ParameterCache = Map<unknown, readonly Parameter[]>;

/** A `parameters` field and the document it stands in. */
export interface ParameterList {
  readonly value: unknown;
  readonly document: LoadedDocument;
}

export interface LocatedParameter {
  readonly value: JsonObject;
  readonly document: LoadedDocument;
}

/**
 * The parameters that apply: later lists override earlier ones, "a unique parameter is defined by a combination of a
 * name and location": https://spec.openapis.org/oas/v3.1.1.html#operation-parameters
 * @throws OperationError
 */
export function mergeParameters(
  lists: readonly ParameterList[],
  context: ReadContext,
): readonly LocatedParameter[] {
  const merged = new Map<string, LocatedParameter>();
  for (const list of lists)
    for (const entry of listOf(list.value)) {
      const located: Located = context.references.follow(entry, list.document);
      if (!isObject(located.value)) throw new OperationError("a parameter is not an object");
      const key = `${located.value.in} ${located.value.name}`;
      merged.set(key, { value: located.value, document: located.document });
    }
  return [...merged.values()];
}

/** Those of them that are sent outside the body, as far as `path` has a place for them. */
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

/** The template needs a value that no parameter describes. */
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
