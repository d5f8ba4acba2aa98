/** Selects the examples that help the model to write a value. */
import type { JsonSchema } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { renameDeclaredKeys } from "./declared-keys.ts";
import type { PropertyKeys } from "./property-keys.ts";
import { isRecord } from "./schema.ts";

export interface ExampleContext {
  readonly keys: PropertyKeys;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
  /** The maximum length in characters. */
  readonly limit?: number;
}

const MAX_EXAMPLE_LENGTH = 120;

/** Returns a short example with legal keys; undefined when it is too long or the schema already shows the format. */
export function selectExample(value: unknown, schema: JsonSchema, context: ExampleContext): unknown {
  if (schema.enum !== undefined || schema.const !== undefined || schema.type === "boolean") return undefined;
  if (!matchesType(value, schema.type)) return undefined;
  const isShort = (stringifyJson(value) ?? "").length <= (context.limit ?? MAX_EXAMPLE_LENGTH);
  return isShort ? renameExample(value, schema, context) : undefined;
}

/**
 * Returns an example or a default with legal keys; undefined when it holds a reference. Documents refer to examples by
 * mistake, and a service that follows every `$ref` would refuse the tool.
 */
export function renameExample(
  value: unknown,
  schema: JsonSchema,
  { keys, definitions }: ExampleContext,
): unknown {
  if (holdsReference(value)) return undefined;
  return renameDeclaredKeys(value, schema, definitions, (key) => keys.toLegalKey(key));
}

function holdsReference(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([key, inner]) => (key === "$ref" && typeof inner === "string") || holdsReference(inner),
  );
}

/** Returns the examples of a list in the same way, without repetitions, as far as they are short together. */
export function selectExamples(
  values: readonly unknown[],
  schema: JsonSchema,
  context: ExampleContext,
): unknown {
  const selected: unknown[] = [];
  const seen = new Set<string>();
  let remaining = context.limit ?? MAX_EXAMPLE_LENGTH;
  for (const value of values) {
    const example = selectExample(value, schema, context);
    const text = stringifyJson(example) ?? "";
    if (example === undefined || seen.has(text) || text.length > remaining) continue;
    seen.add(text);
    remaining -= text.length;
    selected.push(example);
  }
  return selected.length === 0 ? undefined : selected;
}

/** Checks whether an example is an object, a list or a scalar as the schema requires. Documents often have wrong ones. */
function matchesType(value: unknown, type: unknown): boolean {
  if (type === undefined || value === null) return true;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (Array.isArray(value)) return types.includes("array");
  return isRecord(value)
    ? types.includes("object")
    : types.some((name) => name !== "object" && name !== "null");
}

/** Returns the examples of an object schema that are objects. */
export function listObjectExamples({ examples, example }: JsonSchema): readonly Record<string, unknown>[] {
  return examples === undefined && example === undefined
    ? NO_EXAMPLES
    : [examples, example].flat().filter(isRecord);
}

const NO_EXAMPLES: readonly Record<string, unknown>[] = [];

/**
 * Adds the examples of a property that its object has, when the property has none. They show what a `format` or
 * `pattern` means; other properties need none unless `isAlways` is set.
 */
export function withExamplesOf<Property>(
  key: string,
  property: Property,
  objects: readonly Record<string, unknown>[],
  isAlways = false,
): Property {
  if (objects.length === 0 || !isRecord(property)) return property;
  if (!isAlways && property.format === undefined && property.pattern === undefined) return property;
  if (property.examples !== undefined || property.example !== undefined) return property;
  const examples = objects.filter((object) => Object.hasOwn(object, key)).map((object) => object[key]);
  return examples.length === 0 ? property : { ...property, examples };
}
