import type { LoadedDocument } from "./document/library.ts";
import { OperationProblem } from "./document/operation-problem.ts";
import { pointerSegment } from "./document/pointer.ts";
import type { References } from "./document/reference.ts";
import { isObject, objectOf } from "./document/value.ts";
import { type Place, readOperation, type Surroundings } from "./operation.ts";
import { serverUrls } from "./server.ts";
import type { Method, Operation, Rejection } from "./types.ts";

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
    const fields = fieldsOf(value, around.root, around.references);
    const servers = serverUrls(fields.get("servers")?.value) ?? around.servers;
    const common = fields.get("parameters") ?? { value: [], document: around.root };
    return operationsOf(fields, path).map(({ key, pointer, operation, document }) =>
      outcome(operation, key, { path, pointer, common, document }, { ...around, servers }),
    );
  } catch (error) {
    if (error instanceof OperationProblem) return [rejected("*", path, error.message)];
    throw error;
  }
}

const MAX_CHAIN = 100;

interface Field {
  readonly value: unknown;
  readonly document: LoadedDocument;
}

/** Each field with the document it stands in; what stands beside a `$ref` wins. */
function fieldsOf(value: unknown, from: LoadedDocument, references: References): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  let item = objectOf(value);
  let document = from;
  for (let step = 0; ; step += 1) {
    for (const [name, field] of Object.entries(item))
      if (!fields.has(name)) fields.set(name, { value: field, document });
    if (typeof item.$ref !== "string") return fields;
    if (step === MAX_CHAIN) throw new OperationProblem(`$ref ${item.$ref} leads round in a circle`);
    const target = references.resolve(item.$ref, document);
    item = objectOf(target.value);
    document = target.document;
  }
}

function operationsOf(fields: ReadonlyMap<string, Field>, path: string) {
  const base = `#/paths/${pointerSegment(path)}`;
  const fixed = [...fields]
    .filter(([key]) => METHODS.has(key))
    .map(([key, { value, document }]) => ({ key, operation: value, document, pointer: `${base}/${key}` }));
  const additional = fields.get("additionalOperations");
  if (additional === undefined) return fixed;
  const { document } = additional;
  const further = Object.entries(objectOf(additional.value)).map(([key, operation]) => ({
    key,
    operation,
    document,
    pointer: `${base}/additionalOperations/${pointerSegment(key)}`,
  }));
  return [...fixed, ...further];
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
