/** Shared helpers for reading JSON Schema. */
import type { JsonSchema } from "../../chat/types.ts";

type Definitions = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the name of the definition that `$ref` points to; undefined when there is none. */
export function getDefinitionName(schema: JsonSchema, definitions: Definitions): string | undefined {
  const reference = schema.$ref;
  if (typeof reference !== "string" || !reference.startsWith("#/$defs/")) return undefined;
  const name = reference.slice("#/$defs/".length);
  if (Object.hasOwn(definitions, name)) return name;
  const pointer = decodePercent(name).replaceAll("~1", "/").replaceAll("~0", "~");
  return Object.hasOwn(definitions, pointer) ? pointer : undefined;
}

/** Returns a schema with the keywords of the definition that it refers to. Its own keywords take precedence. */
export function withTarget(
  schema: JsonSchema,
  definitions: Readonly<Record<string, JsonSchema>>,
): JsonSchema {
  const name = schema.$ref === undefined ? undefined : getDefinitionName(schema, definitions);
  if (name === undefined) return schema;
  const { $ref, ...siblings } = schema;
  return { ...definitions[name], ...siblings };
}

/** Follows up to 20 references and returns the last schema reached. */
export function followReferences(schema: JsonSchema, definitions: Definitions): JsonSchema {
  let current = schema;
  for (let step = 0; step < 20; step++) {
    const name = getDefinitionName(current, definitions);
    const target = name === undefined ? undefined : definitions[name];
    if (!isRecord(target)) return current;
    current = target;
  }
  return current;
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Returns a record's own value. Inherited keys such as `constructor` are undefined. */
export function getOwn<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Converts bigints at every depth to numbers, for the validator. Returns the value itself when it has none. */
export function convertBigints(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) {
    const items = value.map(convertBigints);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, convertBigints(inner)] as const);
  return entries.every(([key, inner]) => inner === value[key]) ? value : Object.fromEntries(entries);
}
