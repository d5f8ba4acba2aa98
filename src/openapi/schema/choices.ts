/** `enum`, `const` and examples: the values an API takes, whatever the type beside them says. */
import type { JsonSchema } from "../../chat/types.ts";
import { isObject } from "../document/value.ts";
import { ANNOTATIONS } from "./schema-keywords.ts";

/**
 * Generators write `type: object` for what may be any value. An object of which nothing is said but an example or a
 * default that is none loses the type.
 */
export function isAnyValue(schema: JsonSchema): boolean {
  if (schema.type !== "object" || !Object.keys(schema).every((keyword) => SAYS_NOTHING.has(keyword)))
    return false;
  const values = [schema.default, ...(Array.isArray(schema.examples) ? schema.examples : [])];
  return values.some((value) => value !== undefined && value !== null && !isObject(value));
}

const SAYS_NOTHING: ReadonlySet<string> = new Set([...ANNOTATIONS, "type", "format"]);

/**
 * The schema with a type that its own values have. A list of single values beside `type: array` is meant for the list's
 * items, and stands there then.
 */
export function withFittingChoices(schema: JsonSchema): JsonSchema {
  if (hasFittingChoices(schema)) return schema;
  const { type } = schema;
  const values = choices(schema);
  const single = values.filter((value) => value !== null && typeof value !== "object");
  if (
    type === "array" &&
    single.length > 0 &&
    !values.some((value) => isObject(value) || Array.isArray(value))
  )
    return itemsOf(schema, single);
  const fitting = values.filter((value) => isOfType(value, type));
  const wanted = new Set(values.filter((value) => !fitting.includes(value)).map(typeOf));
  if (fitting.length > 0) for (const name of typeList(type)) wanted.add(String(name));
  const [only] = wanted;
  // The format was that of the type.
  const { format, ...rest } = schema;
  return {
    ...rest,
    type: wanted.size === 1 ? only : [...wanted],
    ...(format !== undefined && fitting.length > 0 && { format }),
  };
}

export function hasFittingChoices(schema: JsonSchema): boolean {
  const { type } = schema;
  if (type === undefined || (schema.enum === undefined && schema.const === undefined)) return true;
  return choices(schema).every((value) => isOfType(value, type));
}

function choices(schema: JsonSchema): readonly unknown[] {
  const listed: readonly unknown[] = Array.isArray(schema.enum) ? schema.enum : [];
  return "const" in schema ? [...listed, schema.const] : listed;
}

function itemsOf(schema: JsonSchema, values: readonly unknown[]): JsonSchema {
  const { enum: _, const: __, items, ...rest } = schema;
  if (isObject(items) && (items.enum !== undefined || items.$ref !== undefined)) return { ...rest, items };
  return {
    ...rest,
    items: withFittingChoices({
      ...(isObject(items) ? items : {}),
      enum: values,
    }),
  };
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === "string" && typeof value === "string") return true;
  const own = typeOf(value);
  return typeList(type).some((name) => name === own || (name === "number" && own === "integer"));
}

function typeList(type: unknown): readonly unknown[] {
  return Array.isArray(type) ? type : [type];
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "bigint" || Number.isInteger(value)) return "integer";
  return typeof value;
}
