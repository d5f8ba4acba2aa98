/** Questions about schemas that are read, and small changes to them. */
import type { JsonSchema } from "../../chat/types.ts";
import { isObject, type JsonObject } from "../document/value.ts";
import type { Component } from "./components.ts";
import { ANNOTATIONS } from "./schema-keywords.ts";

/** A schema while its keywords are gathered. */
export type SchemaDraft = Record<string, unknown>;

export function toSchemaObject(schema: JsonSchema | boolean): JsonSchema {
  return schema === true ? {} : schema === false ? { not: {} } : schema;
}

export function isSchema(value: unknown): boolean {
  return isObject(value) || typeof value === "boolean";
}

export function isAnnotation(schema: JsonSchema): boolean {
  return Object.keys(schema).every((keyword) => ANNOTATIONS.has(keyword));
}

/** Documents often leave out the type that `properties` and `items` speak of, and always mean it. */
export function lacksType(schema: JsonSchema): boolean {
  return (
    schema.type === undefined &&
    schema.$ref === undefined &&
    (schema.properties !== undefined || schema.items !== undefined || schema.prefixItems !== undefined)
  );
}

/** 3.0 and draft 4: `exclusiveMinimum: true` makes `minimum` exclusive. */
export function applyExclusiveLimit(
  value: JsonObject,
  draft: SchemaDraft,
  limit: string,
  exclusive: string,
): void {
  if (value[exclusive] !== true || draft[limit] === undefined) return;
  draft[exclusive] = draft[limit];
  delete draft[limit];
}

export function omitRequired(schema: JsonSchema, names: ReadonlySet<string>): JsonSchema {
  const { required, ...rest } = schema;
  if (!Array.isArray(required)) return { ...schema };
  const properties = isObject(schema.properties) ? schema.properties : {};
  const remaining = required.filter((name) => !names.has(name) || Object.hasOwn(properties, name));
  return remaining.length === 0 ? rest : { ...rest, required: remaining };
}

export function omitType({ type: _, ...rest }: JsonSchema): JsonSchema {
  return rest;
}

export function refersToAny(branch: unknown, ancestors: readonly Component[]): boolean {
  return isObject(branch) && ancestors.some((component) => component.reference.$ref === branch.$ref);
}

/**
 * A parent that lists its children (`oneOf` beside a discriminator) is part of each child through `allOf`; in the child
 * the list would lead back to the child itself, so it stays out.
 */
export function omitBackReferences(schema: JsonSchema, ancestors: readonly Component[]): JsonSchema {
  let result = schema;
  for (const keyword of ["oneOf", "anyOf"] as const) {
    const branches = result[keyword];
    if (!Array.isArray(branches) || !branches.some((branch) => refersToAny(branch, ancestors))) continue;
    const { [keyword]: _, ...rest } = result;
    result = rest;
  }
  return result;
}
