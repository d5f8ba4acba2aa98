/** Declares required properties that a schema does not describe. */
import type { JsonSchema } from "../../chat/types.ts";
import { isRecord } from "./schema.ts";

/** Keywords that can declare properties elsewhere. */
const COMPOSITION_KEYWORDS = ["$ref", "allOf", "oneOf", "anyOf", "if"] as const;

/** Adds required properties without a schema, accepting any value. The model could not make a valid call otherwise. */
export function declareRequiredProperties(schema: JsonSchema): JsonSchema {
  const { required, properties, type } = schema;
  if (!Array.isArray(required) || COMPOSITION_KEYWORDS.some((keyword) => schema[keyword] !== undefined))
    return schema;
  if (properties === undefined ? type !== undefined && type !== "object" : !isRecord(properties))
    return schema;
  const missing = required.filter(
    (name) => typeof name === "string" && !(isRecord(properties) && Object.hasOwn(properties, name)),
  );
  if (missing.length === 0) return schema;
  return {
    ...schema,
    properties: {
      ...(isRecord(properties) && properties),
      ...Object.fromEntries(missing.map((name) => [name, {}])),
    },
  };
}
