import { isObject, type JsonObject } from "../document/value.ts";

/**
 * The mappings of a parent that names its children only there, in its own discriminator or in that of a part that stands
 * in its `allOf`: https://spec.openapis.org/oas/v3.1.1.html#discriminator-object
 */
export function mappings(value: unknown, depth = 0): readonly JsonObject[] {
  if (!isObject(value) || depth > MAX_DEPTH) return NONE;
  const { discriminator, allOf } = value;
  const own =
    isObject(discriminator) && isObject(discriminator.mapping) && !lists(value.oneOf) && !lists(value.anyOf)
      ? [discriminator.mapping]
      : NONE;
  return Array.isArray(allOf) ? [...own, ...allOf.flatMap((part) => mappings(part, depth + 1))] : own;
}

function lists(branches: unknown): boolean {
  return Array.isArray(branches) && branches.length > 0;
}

const MAX_DEPTH = 10;
const NONE: readonly JsonObject[] = [];
