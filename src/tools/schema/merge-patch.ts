/** Adapts schemas to JSON Merge Patch. */
import type { JsonSchema } from "../../chat/types.ts";
import { isRecord } from "./schema.ts";

/** Lets null remove optional members (RFC 7396), of the schema and of its inline objects. */
export function makeRemovable(schema: JsonSchema): JsonSchema {
  if (!isRecord(schema.properties)) return schema;
  const required = Array.isArray(schema.required) ? schema.required : [];
  const properties = Object.entries(schema.properties).map(([name, property]): [string, unknown] => [
    name,
    isRecord(property) && !required.includes(name) ? makeNullable(makeRemovable(property)) : property,
  ]);
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** Adds null to the valid values of a schema. */
export function makeNullable(schema: JsonSchema): JsonSchema {
  const { type, enum: choices, ...rest } = schema;
  const types = typeof type === "string" ? [type] : Array.isArray(type) ? type : [];
  const isPlain = types.length > 0 && COMPOSITE_KEYWORDS.every((keyword) => rest[keyword] === undefined);
  if (isPlain)
    return {
      ...schema,
      type: [...new Set([...types, "null"])],
      ...(Array.isArray(choices) && { enum: [...new Set([...choices, null])] }),
    };
  return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: "null" }] };
}

const COMPOSITE_KEYWORDS = ["$ref", "allOf", "anyOf", "oneOf", "not", "const", "if"] as const;
