/** All parameters of one operation: the path item's, overridden by its own. */

import type { LoadedDocument } from "./document/library.ts";
import { OperationProblem } from "./document/operation-problem.ts";
import type { Located } from "./document/reference.ts";
import { isObject, type JsonObject, listOf } from "./document/value.ts";
import { type Reader, readParameter } from "./parameter.ts";
import { queryStringParameters } from "./query-string.ts";
import type { Parameter } from "./types.ts";

/** A parameter, read once however many operations refer to it. */
export type ParameterMemory = Map<unknown, readonly Parameter[]>;

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
 * @throws OperationProblem
 */
export function applicable(lists: readonly ParameterList[], reader: Reader): readonly LocatedParameter[] {
  const found = new Map<string, LocatedParameter>();
  for (const list of lists)
    for (const entry of listOf(list.value)) {
      const located: Located = reader.references.follow(entry, list.document);
      if (!isObject(located.value)) throw new OperationProblem("a parameter is not an object");
      const key = `${located.value.in} ${located.value.name}`;
      found.set(key, { value: located.value, document: located.document });
    }
  return [...found.values()];
}

/** Those of them that are sent outside the body, as far as `path` has a place for them. */
export function readParameters(
  located: readonly LocatedParameter[],
  path: string,
  reader: Reader,
  memory: ParameterMemory,
): readonly Parameter[] {
  const names = templateNames(path);
  const parameters = located.flatMap((parameter) => remembered(parameter, reader, memory));
  const placed = parameters.filter((parameter) => parameter.in !== "path" || names.has(parameter.name));
  for (const parameter of placed) if (parameter.in === "path") names.delete(parameter.name);
  return [...placed, ...[...names].map(undeclared)];
}

function templateNames(path: string): Set<string> {
  if (!path.includes("{")) return new Set();
  return new Set([...path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? ""));
}

function remembered({ value, document }: LocatedParameter, reader: Reader, memory: ParameterMemory) {
  let read = memory.get(value);
  if (read === undefined) {
    if (value.in === "querystring") read = queryStringParameters(value, document, reader);
    else {
      const parameter = readParameter(value, document, reader);
      read = parameter === undefined ? [] : [parameter];
    }
    memory.set(value, read);
  }
  return read;
}

/** The template needs a value that no parameter describes. */
function undeclared(name: string): Parameter {
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
