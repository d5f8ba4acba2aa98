import { OperationProblem } from "./document-error.ts";
import type { LoadedDocument } from "./library.ts";
import { type Place, readOperation, type Surroundings } from "./operation.ts";
import { pointerSegment } from "./pointer.ts";
import type { References } from "./reference.ts";
import { serverUrls } from "./server.ts";
import type { Method, Operation, Rejection } from "./types.ts";
import { isObject, type JsonObject, objectOf } from "./value.ts";

const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["get", "GET"],
  ["put", "PUT"],
  ["post", "POST"],
  ["delete", "DELETE"],
  ["options", "OPTIONS"],
  ["head", "HEAD"],
  ["patch", "PATCH"],
  ["trace", "TRACE"],
  ["query", "QUERY"],
]);

export type Outcome =
  | { readonly type: "operation"; readonly operation: Operation }
  | { readonly type: "rejection"; readonly rejection: Rejection };

/**
 * https://spec.openapis.org/oas/v3.1.1.html#path-item-object: every operation of one path, or why not. Fields beside a
 * `$ref` win over those it names; of 3.2 also `query` and `additionalOperations`.
 */
export function readPathItem(path: string, value: unknown, around: Surroundings): readonly Outcome[] {
  try {
    const { item, document } = wholeItem(value, around.root, around.references);
    const servers = serverUrls(item.servers) ?? around.servers;
    const common = { value: item.parameters, document };
    return operationsOf(item, path).map(({ key, pointer, operation }) =>
      outcome(operation, key, { path, pointer, common, document }, { ...around, servers }),
    );
  } catch (error) {
    if (error instanceof OperationProblem) return [rejected("*", path, error.message)];
    throw error;
  }
}

const MAX_CHAIN = 100;

function wholeItem(value: unknown, from: LoadedDocument, references: References) {
  let item = objectOf(value);
  let document = from;
  for (let step = 0; typeof item.$ref === "string"; step += 1) {
    if (step === MAX_CHAIN) throw new OperationProblem(`$ref ${item.$ref} leads round in a circle`);
    const { $ref, ...beside } = item;
    const target = references.resolve(item.$ref, document);
    item = { ...objectOf(target.value), ...beside };
    document = target.document;
  }
  return { item, document };
}

function operationsOf(item: JsonObject, path: string) {
  const base = `#/paths/${pointerSegment(path)}`;
  const fixed = Object.entries(item)
    .filter(([key]) => METHODS.has(key))
    .map(([key, operation]) => ({ key, operation, pointer: `${base}/${key}` }));
  const additional = Object.entries(objectOf(item.additionalOperations)).map(([key, operation]) => ({
    key,
    operation,
    pointer: `${base}/additionalOperations/${pointerSegment(key)}`,
  }));
  return [...fixed, ...additional];
}

function outcome(
  operation: unknown,
  key: string,
  place: Omit<Place, "method">,
  around: Surroundings,
): Outcome {
  const method = METHODS.get(key.toLowerCase());
  if (method === undefined) return rejected(key, place.path, `method ${key} cannot be sent`);
  if (!isObject(operation)) return rejected(method, place.path, "the operation is not an object");
  try {
    return { type: "operation", operation: readOperation(operation, { ...place, method }, around) };
  } catch (error) {
    if (error instanceof OperationProblem) return rejected(method, place.path, error.message);
    throw error;
  }
}

function rejected(method: string, path: string, reason: string): Outcome {
  return { type: "rejection", rejection: { method, path, reason } };
}
