import { isObject, type JsonObject } from "../document/value.ts";

/**
 * Returns the discriminator mappings of a parent whose subtypes are listed only there, not in `oneOf` or `anyOf`.
 * Includes those of the parts in its `allOf`: https://spec.openapis.org/oas/v3.1.1.html#discriminator-object
 */
export function collectMappings(value: unknown, depth = 0): readonly JsonObject[] {
  if (!isObject(value) || depth > MAX_DEPTH) return NO_MAPPINGS;
  const { discriminator, allOf } = value;
  const direct =
    isObject(discriminator) &&
    isObject(discriminator.mapping) &&
    !hasBranches(value.oneOf) &&
    !hasBranches(value.anyOf)
      ? [discriminator.mapping]
      : NO_MAPPINGS;
  return Array.isArray(allOf)
    ? [...direct, ...allOf.flatMap((part) => collectMappings(part, depth + 1))]
    : direct;
}

function hasBranches(branches: unknown): boolean {
  return Array.isArray(branches) && branches.length > 0;
}

const MAX_DEPTH = 10;
const NO_MAPPINGS: readonly JsonObject[] = [];
