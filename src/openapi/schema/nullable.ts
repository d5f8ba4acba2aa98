import type { JsonSchema } from "../../chat/types.ts";
import type { JsonObject } from "../document/value.ts";
import { ANNOTATIONS } from "./schema-keywords.ts";

/** `nullable` of 3.0, and what generators of 2.0 write in its place. */
export const NULLABLE_KEYWORDS = ["nullable", "x-nullable", "x-isnullable"] as const;

export function isNullable(schema: JsonObject): boolean {
  return NULLABLE_KEYWORDS.some((keyword) => schema[keyword] === true);
}

/**
 * Returns a schema that allows null as well, as `nullable: true` means:
 * https://spec.openapis.org/oas/v3.0.4.html#fixed-fields-20. Documents also use it with an `enum` that lacks null, and
 * with references and combinators without a `type`. Null is allowed there too, because that is the intention.
 */
export function allowNull(schema: JsonSchema): JsonSchema {
  if (schema.$ref !== undefined || schema.allOf !== undefined || schema.not !== undefined || "if" in schema)
    return wrapWithNull(schema);
  const result: Record<string, unknown> = { ...schema };
  if (schema.type !== undefined) result.type = addNullType(schema.type);
  if (Array.isArray(schema.enum) && !schema.enum.includes(null)) result.enum = [...schema.enum, null];
  if ("const" in schema && schema.const !== null) {
    delete result.const;
    result.enum = [schema.const, null];
  }
  for (const keyword of ["oneOf", "anyOf"] as const) {
    const branches = schema[keyword];
    if (Array.isArray(branches) && !branches.some(isNullBranch))
      result[keyword] = [...branches, { type: "null" }];
  }
  return result;
}

function addNullType(type: unknown): unknown {
  if (type === "null") return type;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  return types.includes("null") ? types : [...types, "null"];
}

function isNullBranch(branch: unknown): boolean {
  if (typeof branch !== "object" || branch === null || !("type" in branch)) return false;
  return branch.type === "null" || (Array.isArray(branch.type) && branch.type.includes("null"));
}

function wrapWithNull(schema: JsonSchema): JsonSchema {
  const annotations: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) (ANNOTATIONS.has(key) ? annotations : rest)[key] = value;
  return { ...annotations, anyOf: [rest, { type: "null" }] };
}
