/** Reads Path Item Objects: https://spec.openapis.org/oas/v3.1.1.html#path-item-object */
import { OperationError } from "./document/operation-error.ts";
import { isObject } from "./document/value.ts";
import { collectFields, type Field, type Fields } from "./fields.ts";
import { type OperationContext, type OperationLocation, readOperation } from "./operation.ts";
import { readServerUrls } from "./server.ts";
import type { Operation, Rejection } from "./types.ts";

const METHODS: ReadonlySet<string> = new Set([
  "get",
  "put",
  "post",
  "delete",
  "options",
  "head",
  "patch",
  "trace",
  "query",
]);
const OTHER_FIELDS: ReadonlySet<string> = new Set([
  "$ref",
  "summary",
  "description",
  "servers",
  "parameters",
  "additionalOperations",
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
  { value, document }: Field,
  context: OperationContext,
): readonly OperationResult[] {
  try {
    const fields = collectFields(value ?? {}, document, context.references, "the path item");
    const servers = readServerUrls(fields.get("servers")?.value) ?? context.servers;
    const sharedParameters = fields.get("parameters") ?? { value: [], document: context.root };
    const location = { path, sharedParameters };
    return [
      ...listOperations(fields, context).map((found) =>
        readOperationField(found, location, { ...context, servers }),
      ),
      ...rejectUnknownFields(fields, path),
    ];
  } catch (error) {
    if (error instanceof OperationError) return [createRejection("*", path, error.message)];
    throw error;
  }
}

/** An operation that has not been read. */
interface FoundOperation extends Field {
  readonly method: string;
}

/** Lists the operations. Some documents write methods in capitals, which counts unless the regular spelling is there too. */
function listOperations(fields: Fields, { references }: OperationContext): FoundOperation[] {
  const found = new Map<string, FoundOperation>();
  const add = (key: string, method: string, field: Field) => {
    if (!found.has(method) || METHODS.has(key)) found.set(method, { ...field, method });
  };
  for (const [key, field] of fields) if (METHODS.has(key.toLowerCase())) add(key, key.toUpperCase(), field);
  const additional = fields.get("additionalOperations");
  if (additional !== undefined) {
    const custom = collectFields(
      additional.value ?? {},
      additional.document,
      references,
      "additionalOperations",
    );
    for (const [key, field] of custom)
      if (key !== "$ref" && !key.startsWith("x-"))
        add("", METHODS.has(key.toLowerCase()) ? key.toUpperCase() : key, field);
  }
  return [...found.values()];
}

/** Returns a rejection for each field that looks like an operation and has no known name, such as `gett`. */
function rejectUnknownFields(fields: Fields, path: string): OperationResult[] {
  return [...fields.keys()]
    .filter((key) => !METHODS.has(key.toLowerCase()) && !OTHER_FIELDS.has(key) && !key.startsWith("x-"))
    .map((key) => {
      const value = fields.get(key)?.value;
      return createRejection(
        key,
        path,
        isObject(value) && ("responses" in value || "operationId" in value || typeof value.$ref === "string")
          ? `${key} is not a method; other methods belong in "additionalOperations"`
          : `${key} is not a field of a path item`,
      );
    });
}

function readOperationField(
  { value, document, method }: FoundOperation,
  location: Omit<OperationLocation, "method">,
  context: OperationContext,
): OperationResult {
  if (!LEGAL_METHOD.test(method) || method.toUpperCase() === "CONNECT")
    return createRejection(method, location.path, `method ${method} is not supported`);
  try {
    const fields = collectFields(value, document, context.references, "the operation");
    return { type: "operation", operation: readOperation(fields, { ...location, method }, context) };
  } catch (error) {
    if (error instanceof OperationError) return createRejection(method, location.path, error.message);
    throw error;
  }
}

/** The characters of a method: https://www.rfc-editor.org/rfc/rfc9110#section-9.1 */
const LEGAL_METHOD = /^[\w!#$%&'*+.^`|~-]+$/;

function createRejection(method: string, path: string, reason: string): OperationResult {
  return { type: "rejection", rejection: { method, path, reason } };
}
