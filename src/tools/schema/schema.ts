/** Small readers of JSON Schema that several steps here need. */
import type { JsonSchema } from "../../chat/types.ts";

type Definitions = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The name of the definition that `$ref` points to, if it points to one. */
export function getDefinitionName(schema: JsonSchema, definitions: Definitions): string | undefined {
  const reference = schema.$ref;
  if (typeof reference !== "string" || !reference.startsWith("#/$defs/")) return undefined;
  const name = reference.slice("#/$defs/".length);
  if (Object.hasOwn(definitions, name)) return name;
  const pointer = decodePercent(name).replaceAll("~1", "/").replaceAll("~0", "~");
  return Object.hasOwn(definitions, pointer) ? pointer : undefined;
}

/** The schema that a chain of references ends in; the last one that could be followed when it goes in circles. */
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

/** A record's own value: a key such as `constructor`, which every object inherits, is a name like any other. */
export function getOwn<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A value without bigints, for those who know none: AWS documents, the validator. */
export function convertBigints(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(convertBigints);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, convertBigints(inner)]));
}
