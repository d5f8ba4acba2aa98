/** Finds the parts of a schema that apply to a value. */
import type { JsonSchema } from "../../chat/types.ts";
import { followReferences, isRecord } from "./schema.ts";

type Definitions = Readonly<Record<string, unknown>>;

/** Returns the alternatives of `oneOf`, otherwise of `anyOf`. */
export function listAlternatives({ oneOf, anyOf }: JsonSchema): Record<string, unknown>[] {
  const list = Array.isArray(oneOf) ? oneOf : Array.isArray(anyOf) ? anyOf : [];
  return list.filter(isRecord);
}

/** Checks whether an object has the required properties and the constants of an alternative. */
export function isLikelyAlternative(
  value: Record<string, unknown>,
  { required, properties }: JsonSchema,
): boolean {
  const hasRequired = !Array.isArray(required) || required.every((key) => Object.hasOwn(value, String(key)));
  return (
    hasRequired &&
    Object.entries(isRecord(properties) ? properties : {}).every(([key, property]) => {
      if (!Object.hasOwn(value, key) || !isRecord(property)) return true;
      const choices = property.const !== undefined ? [property.const] : property.enum;
      return !Array.isArray(choices) || choices.includes(value[key]);
    })
  );
}

const MAX_DEPTH = 20;

/**
 * Returns the schemas that describe a value together: what a schema inherits by `allOf`, the alternative that fits the
 * value, what it refers to, and itself. Later ones take precedence.
 */
export function listApplicableParts(
  schema: JsonSchema,
  value: unknown,
  definitions: Definitions,
  depth = 0,
): readonly JsonSchema[] {
  const target = followReferences(schema, definitions);
  const own = target === schema ? [schema] : [target, schema];
  if (depth === MAX_DEPTH) return own;
  const inherited = Array.isArray(target.allOf) ? target.allOf.filter(isRecord) : [];
  const chosen = chooseAlternative(listAlternatives(target), value, definitions);
  const others = chosen === undefined ? inherited : [...inherited, chosen];
  return [...others.flatMap((part) => listApplicableParts(part, value, definitions, depth + 1)), ...own];
}

/** Returns the first alternative that fits; of an object, the one with the most of its properties. */
function chooseAlternative(
  alternatives: readonly JsonSchema[],
  value: unknown,
  definitions: Definitions,
): JsonSchema | undefined {
  const fitting = alternatives.filter((alternative) =>
    fitsType(followReferences(alternative, definitions), value),
  );
  if (!isRecord(value)) return fitting[0];
  const countProperties = (alternative: JsonSchema) => {
    const parts = listApplicableParts(alternative, value, definitions, MAX_DEPTH - 2);
    const names = new Set(parts.flatMap(({ properties }) => Object.keys(Object(properties))));
    const isLikely = parts.every((part) => isLikelyAlternative(value, part));
    return Object.keys(value).filter((key) => names.has(key)).length + (isLikely ? 0.5 : -1000);
  };
  let [best, most] = [fitting[0], Number.NEGATIVE_INFINITY];
  for (const alternative of fitting) {
    const count = countProperties(alternative);
    if (count > most) [best, most] = [alternative, count];
  }
  return best;
}

function fitsType({ type, properties, items }: JsonSchema, value: unknown): boolean {
  const types = [type ?? (properties ? "object" : items ? "array" : [])].flat();
  if (types.length === 0) return true;
  if (value === null) return types.includes("null");
  if (Array.isArray(value)) return types.includes("array");
  if (isRecord(value)) return types.includes("object");
  return types.some((name) => !["object", "array", "null"].includes(String(name)));
}
