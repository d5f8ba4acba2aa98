/** `enum`, `const` and examples: the values an API takes, whatever the type beside them says. */
import type { JsonSchema } from "../../chat/types.ts";
import { isObject } from "../document/value.ts";
import { ANNOTATIONS } from "./schema-keywords.ts";

/**
 * Generators write `type: object` for what may be any value. An object of which nothing is said but an example or a
 * default that is none loses the type.
 */
export function hasMisleadingObjectType(schema: JsonSchema): boolean {
  if (
    schema.type !== "object" ||
    !Object.keys(schema).every((keyword) => UNCONSTRAINING_KEYWORDS.has(keyword))
  )
    return false;
  const values = [schema.default, ...(Array.isArray(schema.examples) ? schema.examples : [])];
  return values.some((value) => value !== undefined && value !== null && !isObject(value));
}

const UNCONSTRAINING_KEYWORDS: ReadonlySet<string> = new Set([...ANNOTATIONS, "type", "format"]);

/**
 * The schema with a type that its own values have. A list of single values beside `type: array` is meant for the list's
 * items, and stands there then.
 */
export function alignTypeWithValues(schema: JsonSchema): JsonSchema {
  if (typeAllowsValues(schema)) return schema;
  const { type } = schema;
  const values = allowedValues(schema);
  const scalars = values.filter((value) => value !== null && typeof value !== "object");
  if (
    type === "array" &&
    scalars.length > 0 &&
    !values.some((value) => isObject(value) || Array.isArray(value))
  )
    return moveValuesToItems(schema, scalars);
  const matching = values.filter((value) => isOfType(value, type));
  const types = new Set(values.filter((value) => !matching.includes(value)).map(typeOf));
  if (matching.length > 0) for (const name of typeList(type)) types.add(String(name));
  const [onlyType] = types;
  // The format was that of the type.
  const { format, ...rest } = schema;
  return {
    ...rest,
    type: types.size === 1 ? onlyType : [...types],
    ...(format !== undefined && matching.length > 0 && { format }),
  };
}

export function typeAllowsValues(schema: JsonSchema): boolean {
  const { type } = schema;
  if (type === undefined || (schema.enum === undefined && schema.const === undefined)) return true;
  return allowedValues(schema).every((value) => isOfType(value, type));
}

function allowedValues(schema: JsonSchema): readonly unknown[] {
  const enumValues: readonly unknown[] = Array.isArray(schema.enum) ? schema.enum : [];
  return "const" in schema ? [...enumValues, schema.const] : enumValues;
}

function moveValuesToItems(schema: JsonSchema, values: readonly unknown[]): JsonSchema {
  const { enum: _, const: __, items, ...rest } = schema;
  if (isObject(items) && (items.enum !== undefined || items.$ref !== undefined)) return { ...rest, items };
  return {
    ...rest,
    items: alignTypeWithValues({
      ...(isObject(items) ? items : {}),
      enum: values,
    }),
  };
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === "string" && typeof value === "string") return true;
  const actualType = typeOf(value);
  return typeList(type).some(
    (name) => name === actualType || (name === "number" && actualType === "integer"),
  );
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
