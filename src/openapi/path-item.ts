/** Reads Path Item Objects: https://spec.openapis.org/oas/v3.1.1.html#path-item-object */
import type { LoadedDocument } from "./document/library.ts";
import { OperationError } from "./document/operation-error.ts";
import { escapePointerSegment } from "./document/pointer.ts";
import type { References } from "./document/reference.ts";
import { isObject, objectOf } from "./document/value.ts";
import { type OperationContext, type OperationLocation, readOperation } from "./operation.ts";
import { readServerUrls } from "./server.ts";
import type { Operation, OperationMethod, Rejection } from "./types.ts";

const METHODS: ReadonlyMap<string, OperationMethod> = new Map<string, OperationMethod>([
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

export type OperationResult =
  | { readonly type: "operation"; readonly operation: Operation }
  | { readonly type: "rejection"; readonly rejection: Rejection };

/**
 * Reads the operations of one path. An operation that cannot be read becomes a rejection. Supports `query` and
 * `additionalOperations` of 3.2.
 */
export function readPathItem(
  path: string,
  value: unknown,
  context: OperationContext,
): readonly OperationResult[] {
  try {
    const fields = collectFields(value, context.root, context.references);
    const servers = readServerUrls(fields.get("servers")?.value) ?? context.servers;
    const sharedParameters = fields.get("parameters") ?? { value: [], document: context.root };
    return listOperations(fields, path).map(({ key, pointer, operation, document }) =>
      readOperationField(
        operation,
        key,
        { path, pointer, sharedParameters, document },
        { ...context, servers },
      ),
    );
  } catch (error) {
    if (error instanceof OperationError) return [createRejection("*", path, error.message)];
    throw error;
  }
}

/** The characters of a method: RFC 9110, section 9.1. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

const MAX_CHAIN = 100;

interface Field {
  readonly value: unknown;
  readonly document: LoadedDocument;
}

/** Returns each field with the document that contains it. Fields next to a `$ref` take precedence over its target. */
function collectFields(
  value: unknown,
  from: LoadedDocument,
  references: References,
): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  let item = objectOf(value);
  let document = from;
  for (let step = 0; ; step += 1) {
    for (const [name, field] of Object.entries(item))
      if (!fields.has(name)) fields.set(name, { value: field, document });
    if (typeof item.$ref !== "string") return fields;
    if (step === MAX_CHAIN) throw new OperationError(`$ref ${item.$ref} is circular`);
    const target = references.resolve(item.$ref, document);
    item = objectOf(target.value);
    document = target.document;
  }
}

function listOperations(fields: ReadonlyMap<string, Field>, path: string) {
  const base = `#/paths/${escapePointerSegment(path)}`;
  const standard = [...fields]
    .filter(([key]) => METHODS.has(key))
    .map(([key, { value, document }]) => ({ key, operation: value, document, pointer: `${base}/${key}` }));
  const additional = fields.get("additionalOperations");
  if (additional === undefined) return standard;
  const { document } = additional;
  const custom = Object.entries(objectOf(additional.value)).map(([key, operation]) => ({
    key,
    operation,
    document,
    pointer: `${base}/additionalOperations/${escapePointerSegment(key)}`,
  }));
  return [...standard, ...custom];
}

function readOperationField(
  operation: unknown,
  key: string,
  location: Omit<OperationLocation, "method">,
  context: OperationContext,
): OperationResult {
  const method = METHODS.get(key.toLowerCase()) ?? key;
  if (!TOKEN.test(method) || method.toUpperCase() === "CONNECT")
    return createRejection(key, location.path, `method ${key} is not supported`);
  if (!isObject(operation)) return createRejection(method, location.path, "the operation is not an object");
  try {
    return { type: "operation", operation: readOperation(operation, { ...location, method }, context) };
  } catch (error) {
    if (error instanceof OperationError) return createRejection(method, location.path, error.message);
    throw error;
  }
}

function createRejection(method: string, path: string, reason: string): OperationResult {
  return { type: "rejection", rejection: { method, path, reason } };
}
