/**
 * Merges the parts of an `allOf` into one schema where the meaning stays the same. Models fill in one object far better
 * than several partial ones. Parts that cannot be merged stay in `allOf`.
 */
import type { JsonSchema } from "../../chat/types.ts";
import { isObject } from "../document/value.ts";
import { ANNOTATIONS } from "./schema-keywords.ts";
import { alignTypeWithValues } from "./type-from-values.ts";

/**
 * Merges `parts` into `base`, which holds the keywords next to the `allOf`. All schemas are normalised.
 * `additionalProperties: false` in a part covers the properties of all parts: read literally, the parts would forbid
 * each other's properties, and no value would be valid.
 */
export function mergeAllOf(base: JsonSchema, parts: readonly JsonSchema[]): JsonSchema {
  const [initial = {}, ...nested] = flattenAllOf(base);
  let merged: JsonSchema = initial;
  let pending = new Set([...nested, ...parts.flatMap(flattenAllOf)]);
  if (pending.size > MAX_PARTS) return { ...merged, allOf: [...pending] };
  // Merging one part may make another mergeable, so this repeats until a pass merges nothing.
  for (
    let pass = 0, previousSize = pending.size + 1;
    pass < MAX_PASSES && pending.size < previousSize;
    pass += 1
  ) {
    previousSize = pending.size;
    const remaining = new Set<JsonSchema>();
    for (const part of pending) {
      const combined = mergeSchemas(merged, part, base);
      if (combined === undefined) remaining.add(part);
      else merged = combined;
    }
    pending = remaining;
  }
  return pending.size === 0 ? alignTypeWithValues(merged) : { ...merged, allOf: [...pending] };
}

/** Returns a part without its `allOf`, followed by the parts that could not be merged into it. */
function flattenAllOf(part: JsonSchema): readonly JsonSchema[] {
  const { allOf, ...rest } = part;
  if (!Array.isArray(allOf)) return [part];
  return [rest, ...allOf.filter(isObject)];
}

/** Groups of keywords that depend on each other: mixing the members of two schemas would change their meaning. */
const KEYWORD_GROUPS: readonly (readonly string[])[] = [
  ["prefixItems", "items", "contains", "minContains", "maxContains"],
  ["if", "then", "else"],
  ["$ref"],
  ["oneOf"],
  ["anyOf"],
  ["not"],
  ["propertyNames"],
  ["contentEncoding", "contentMediaType", "contentSchema"],
];
const UNMERGEABLE_KEYWORDS = ["unevaluatedProperties", "unevaluatedItems"];
const OBJECT_KEYWORDS = ["properties", "patternProperties", "additionalProperties"];

/** Returns undefined when the schemas cannot be merged. The annotations of `base` take precedence. */
function mergeSchemas(left: JsonSchema, right: JsonSchema, base: JsonSchema): JsonSchema | undefined {
  if (UNMERGEABLE_KEYWORDS.some((keyword) => keyword in left || keyword in right)) return undefined;
  if (KEYWORD_GROUPS.some((group) => hasConflict(left, right, group))) return undefined;
  if (
    (hasSchemaForOtherKeys(left) || hasSchemaForOtherKeys(right)) &&
    hasConflict(left, right, OBJECT_KEYWORDS)
  )
    return undefined;
  const result: Record<string, unknown> = { ...left };
  for (const [keyword, value] of Object.entries(right)) {
    if (!(keyword in result) || Bun.deepEquals(result[keyword], value)) {
      result[keyword] = value;
      continue;
    }
    if (ANNOTATIONS.has(keyword)) {
      if (!(keyword in base)) result[keyword] = value;
      continue;
    }
    const combined = combineKeyword(keyword, result[keyword], value);
    if (combined === undefined) return undefined;
    result[keyword] = combined;
  }
  return result;
}

function hasConflict(left: JsonSchema, right: JsonSchema, group: readonly string[]): boolean {
  const usesGroup = (schema: JsonSchema) => group.some((keyword) => keyword in schema);
  return (
    usesGroup(left) &&
    usesGroup(right) &&
    group.some((keyword) => !Bun.deepEquals(left[keyword], right[keyword]))
  );
}

function hasSchemaForOtherKeys(schema: JsonSchema): boolean {
  return schema.patternProperties !== undefined || isObject(schema.additionalProperties);
}

function combineKeyword(keyword: string, left: unknown, right: unknown): unknown {
  switch (keyword) {
    case "properties":
      return isObject(left) && isObject(right) ? mergeProperties(left, right) : undefined;
    case "required":
      return Array.isArray(left) && Array.isArray(right) ? [...new Set([...left, ...right])] : undefined;
    case "type":
      return intersectTypes(left, right);
    case "enum":
      return intersectValues(left, right);
    case "additionalProperties":
      return left === false || right === false ? false : undefined;
    case "minimum":
    case "exclusiveMinimum":
    case "minLength":
    case "minItems":
    case "minProperties":
      return isNumber(left) && isNumber(right) ? (left > right ? left : right) : undefined;
    case "maximum":
    case "exclusiveMaximum":
    case "maxLength":
    case "maxItems":
    case "maxProperties":
      return isNumber(left) && isNumber(right) ? (left < right ? left : right) : undefined;
    default:
      return undefined;
  }
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function mergeProperties(left: JsonSchema, right: JsonSchema): JsonSchema {
  const merged = new Map(Object.entries(left));
  for (const [name, schema] of Object.entries(right)) {
    const existing = merged.get(name);
    if (existing === undefined || existing === true) merged.set(name, schema);
    else if (schema === false || existing === false) merged.set(name, false);
    else if (isObject(existing) && isObject(schema) && !Bun.deepEquals(existing, schema))
      merged.set(name, mergeAllOf(existing, [schema]));
  }
  return Object.fromEntries(merged);
}

function intersectTypes(left: unknown, right: unknown): unknown {
  const rightTypes = typeList(right);
  const common = typeList(left).flatMap((type) =>
    rightTypes.includes(type)
      ? [type]
      : type === "number" && rightTypes.includes("integer")
        ? ["integer"]
        : type === "integer" && rightTypes.includes("number")
          ? ["integer"]
          : [],
  );
  return common.length > 1 ? [...new Set(common)] : common[0];
}

function typeList(type: unknown): readonly unknown[] {
  return Array.isArray(type) ? type : [type];
}

function intersectValues(left: unknown, right: unknown): unknown {
  if (!Array.isArray(left) || !Array.isArray(right)) return undefined;
  if (left.length * right.length > MAX_COMPARISONS) return undefined;
  const common = left.filter((value) => right.some((other) => Bun.deepEquals(value, other)));
  return common.length > 0 ? common : undefined;
}

/** Limits that no hand-written document reaches. Merging takes quadratic time. */
const MAX_PARTS = 500;
const MAX_PASSES = 10;
const MAX_COMPARISONS = 1_000_000;
