/** Predicates and small transformations of normalised schemas. */
import type { JsonSchema } from "../../chat/types.ts";
import { isObject, type JsonObject } from "../document/value.ts";
import type { Component } from "./component.ts";
import { ANNOTATIONS } from "./schema-keywords.ts";
import { describeValues, VALUE_NAMES } from "./value-names.ts";

/** A schema whose keywords are being collected. */
export type SchemaDraft = Record<string, unknown>;

export function toSchemaObject(schema: JsonSchema | boolean): JsonSchema {
  return schema === true ? {} : schema === false ? { not: {} } : schema;
}

export function isSchema(value: unknown): boolean {
  return isObject(value) || typeof value === "boolean";
}

/** Returns whether a schema constrains nothing: it has only annotations, or no keyword at all. */
export function isAnnotation(schema: JsonSchema): boolean {
  return Object.keys(schema).every((keyword) => ANNOTATIONS.has(keyword));
}

/** Returns whether the `type` is missing although `properties` or `items` imply it, as in many documents. */
export function lacksType(schema: JsonSchema): boolean {
  return (
    schema.type === undefined &&
    schema.$ref === undefined &&
    (schema.properties !== undefined || schema.items !== undefined || schema.prefixItems !== undefined)
  );
}

/** Converts keywords of older versions: boolean limits, `example`, and `type: file`, which documents of 3.x have too. */
export function applyOlderKeywords(value: JsonObject, draft: SchemaDraft): void {
  applyExclusiveLimit(value, draft, "minimum", "exclusiveMinimum");
  applyExclusiveLimit(value, draft, "maximum", "exclusiveMaximum");
  if (draft.examples === undefined && value.example !== undefined) draft.examples = [value.example];
  const valueNames = describeValues(value);
  if (valueNames !== undefined) draft[VALUE_NAMES] = valueNames;
  if (value.type === "file" && draft.format === undefined) draft.format = "binary";
}

/** Converts the boolean form of 3.0 and draft 4: `exclusiveMinimum: true` makes `minimum` exclusive. */
function applyExclusiveLimit(value: JsonObject, draft: SchemaDraft, limit: string, exclusive: string): void {
  if (value[exclusive] !== true || draft[limit] === undefined) return;
  draft[exclusive] = draft[limit];
  delete draft[limit];
}

/** Removes names from `required`, except those of existing properties. */
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

/** Returns whether a branch is a reference to one of the components. */
export function refersToAny(branch: unknown, components: readonly Component[]): boolean {
  return findReferred(branch, components) !== undefined;
}

/** Returns which of the components a branch is a reference to. */
export function findReferred(branch: unknown, components: readonly Component[]): Component | undefined {
  return isObject(branch) ? components.find(({ reference }) => reference.$ref === branch.$ref) : undefined;
}

/**
 * Removes `oneOf` and `anyOf` lists that refer to a schema being read. A parent that lists its subtypes is part of each
 * subtype through `allOf`, where the list would refer to the subtype itself.
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
