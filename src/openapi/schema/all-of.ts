/**
 * `allOf` as one schema, where one can say the same. Models fill in one object far better than a list of partial ones.
 * What cannot be merged without changing its meaning stays in `allOf`.
 */
import type { JsonSchema } from "../../chat/types.ts";
import { isObject } from "../document/value.ts";
import { withFittingChoices } from "./choices.ts";
import { ANNOTATIONS } from "./schema-keywords.ts";

/**
 * `own` is what stands beside the `allOf`; all schemas are normalised. `additionalProperties: false` in a part is taken
 * to mean all properties of the whole: read literally, such parts forbid each other's properties and nothing is valid.
 */
export function mergeAllOf(own: JsonSchema, parts: readonly JsonSchema[]): JsonSchema {
  const [alone = {}, ...apart] = flattened(own);
  let merged: JsonSchema = alone;
  let left = new Set([...apart, ...parts.flatMap(flattened)]);
  if (left.size > MAX_PARTS) return { ...merged, allOf: [...left] };
  // What one part has narrowed may let another in: until nothing moves any more.
  for (let pass = 0, before = left.size + 1; pass < MAX_PASSES && left.size < before; pass += 1) {
    before = left.size;
    const rest = new Set<JsonSchema>();
    for (const part of left) {
      const both = merge(merged, part, own);
      if (both === undefined) rest.add(part);
      else merged = both;
    }
    left = rest;
  }
  return left.size === 0 ? withFittingChoices(merged) : { ...merged, allOf: [...left] };
}

/** A part and the parts that could not be merged into it. */
function flattened(part: JsonSchema): readonly JsonSchema[] {
  const { allOf, ...rest } = part;
  if (!Array.isArray(allOf)) return [part];
  return [rest, ...allOf.filter(isObject)];
}

/** Groups of keywords that judge together: moved beside each other's members they would judge differently. */
const GROUPS: readonly (readonly string[])[] = [
  ["prefixItems", "items", "contains", "minContains", "maxContains"],
  ["if", "then", "else"],
  ["$ref"],
  ["oneOf"],
  ["anyOf"],
  ["not"],
  ["propertyNames"],
  ["contentEncoding", "contentMediaType", "contentSchema"],
];
const NEVER_MOVED = ["unevaluatedProperties", "unevaluatedItems"];
const OBJECT_GROUP = ["properties", "patternProperties", "additionalProperties"];

/** Undefined when the two cannot be one. `own` is whose annotations win. */
function merge(left: JsonSchema, right: JsonSchema, own: JsonSchema): JsonSchema | undefined {
  if (NEVER_MOVED.some((keyword) => keyword in left || keyword in right)) return undefined;
  if (GROUPS.some((group) => clash(left, right, group))) return undefined;
  if ((hasOpenSchema(left) || hasOpenSchema(right)) && clash(left, right, OBJECT_GROUP)) return undefined;
  const result: Record<string, unknown> = { ...left };
  for (const [keyword, value] of Object.entries(right)) {
    if (!(keyword in result) || Bun.deepEquals(result[keyword], value)) {
      result[keyword] = value;
      continue;
    }
    if (ANNOTATIONS.has(keyword)) {
      if (!(keyword in own)) result[keyword] = value;
      continue;
    }
    const combined = combine(keyword, result[keyword], value);
    if (combined === undefined) return undefined;
    result[keyword] = combined;
  }
  return result;
}

function clash(left: JsonSchema, right: JsonSchema, group: readonly string[]): boolean {
  const touched = (schema: JsonSchema) => group.some((keyword) => keyword in schema);
  return (
    touched(left) && touched(right) && group.some((keyword) => !Bun.deepEquals(left[keyword], right[keyword]))
  );
}

function hasOpenSchema(schema: JsonSchema): boolean {
  return schema.patternProperties !== undefined || isObject(schema.additionalProperties);
}

function combine(keyword: string, left: unknown, right: unknown): unknown {
  switch (keyword) {
    case "properties":
      return isObject(left) && isObject(right) ? mergeProperties(left, right) : undefined;
    case "required":
      return Array.isArray(left) && Array.isArray(right) ? [...new Set([...left, ...right])] : undefined;
    case "type":
      return commonType(left, right);
    case "enum":
      return commonValues(left, right);
    case "additionalProperties":
      return left === false || right === false ? false : undefined;
    case "minimum":
    case "exclusiveMinimum":
    case "minLength":
    case "minItems":
    case "minProperties":
      return typeof left === "number" && typeof right === "number" ? Math.max(left, right) : undefined;
    case "maximum":
    case "exclusiveMaximum":
    case "maxLength":
    case "maxItems":
    case "maxProperties":
      return typeof left === "number" && typeof right === "number" ? Math.min(left, right) : undefined;
    default:
      return undefined;
  }
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

function commonType(left: unknown, right: unknown): unknown {
  const wider = typeList(right);
  const common = typeList(left).flatMap((type) =>
    wider.includes(type)
      ? [type]
      : type === "number" && wider.includes("integer")
        ? ["integer"]
        : type === "integer" && wider.includes("number")
          ? ["integer"]
          : [],
  );
  return common.length > 1 ? [...new Set(common)] : common[0];
}

function typeList(type: unknown): readonly unknown[] {
  return Array.isArray(type) ? type : [type];
}

function commonValues(left: unknown, right: unknown): unknown {
  if (!Array.isArray(left) || !Array.isArray(right)) return undefined;
  if (left.length * right.length > MAX_COMPARISONS) return undefined;
  const common = left.filter((value) => right.some((other) => Bun.deepEquals(value, other)));
  return common.length > 0 ? common : undefined;
}

/** Beyond these nobody wrote it by hand, and merging would take the square of the time. */
const MAX_PARTS = 500;
const MAX_PASSES = 10;
const MAX_COMPARISONS = 1_000_000;
