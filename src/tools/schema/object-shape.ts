/** Reduces object schemas to plain properties. */
import type { JsonSchema } from "../../chat/types.ts";
import { getDefinitionName, isRecord } from "./schema.ts";

type Definitions = Readonly<Record<string, JsonSchema>>;

/** The plain properties of an object schema. */
export interface ObjectShape {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
  /** True when `additionalProperties` forbids other properties. */
  readonly isClosed: boolean;
}

/**
 * Collects the properties of an object schema through references and `allOf`. A required property without a schema
 * accepts anything. Returns undefined when properties alone do not express the schema: alternatives, conditions,
 * additional properties, two different schemas of one property, or no property.
 */
export function toObjectShape(schema: JsonSchema, definitions: Definitions): ObjectShape | undefined {
  const shape = collectShape(schema, definitions, new Set());
  if (!shape || Object.keys(shape.properties).length === 0) return undefined;
  const missing = shape.required.filter((name) => !Object.hasOwn(shape.properties, name));
  if (missing.length === 0) return shape;
  const unconstrained = Object.fromEntries(missing.map((name) => [name, {}]));
  return { ...shape, properties: { ...shape.properties, ...unconstrained } };
}

const UNSUPPORTED_KEYWORDS = [
  "oneOf",
  "anyOf",
  "not",
  "if",
  "patternProperties",
  "propertyNames",
  "dependentSchemas",
  "dependentRequired",
  "minProperties",
  "maxProperties",
  "enum",
  "const",
  "$dynamicRef",
  "unevaluatedProperties",
] as const;

function collectShape(
  schema: JsonSchema,
  definitions: Definitions,
  seen: Set<string>,
): ObjectShape | undefined {
  if (UNSUPPORTED_KEYWORDS.some((keyword) => schema[keyword] !== undefined)) return undefined;
  if (!isObjectType(schema.type)) return undefined;
  const additionalProperties = schema.additionalProperties;
  if (additionalProperties !== undefined && additionalProperties !== false) return undefined;
  const parts: ObjectShape[] = [];
  const name = getDefinitionName(schema, definitions);
  if (name !== undefined) {
    const target = definitions[name];
    if (target === undefined || seen.has(name)) return undefined;
    const part = collectShape(target, definitions, new Set([...seen, name]));
    if (!part) return undefined;
    parts.push(part);
  }
  if (Array.isArray(schema.allOf)) {
    for (const entry of schema.allOf) {
      const part = isRecord(entry) ? collectShape(entry, definitions, seen) : undefined;
      if (!part) return undefined;
      parts.push(part);
    }
  }
  const properties = Object.entries(isRecord(schema.properties) ? schema.properties : {}).map(
    ([key, value]) => [key, isRecord(value) ? value : {}] as const,
  );
  parts.push({
    properties: Object.fromEntries(properties),
    required: filterStrings(schema.required),
    isClosed: additionalProperties === false,
  });
  return mergeShapes(parts);
}

function mergeShapes(parts: readonly ObjectShape[]): ObjectShape | undefined {
  const properties = new Map<string, JsonSchema>();
  for (const part of parts) {
    for (const [key, value] of Object.entries(part.properties)) {
      const known = properties.get(key);
      if (known !== undefined && !Bun.deepEquals(known, value)) return undefined;
      properties.set(key, value);
    }
  }
  return {
    properties: Object.fromEntries(properties),
    required: [...new Set(parts.flatMap((part) => part.required))],
    isClosed: parts.some((part) => part.isClosed),
  };
}

function isObjectType(type: unknown): boolean {
  return (
    type === undefined ||
    type === "object" ||
    (Array.isArray(type) && type[0] === "object" && type.length === 1)
  );
}

function filterStrings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
