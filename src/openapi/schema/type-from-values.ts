/** Corrects the `type` of a schema that contradicts its own values: `enum`, `const`, `default` and examples. */
import type { JsonSchema } from "../../chat/types.ts";
import { isObject } from "../document/value.ts";
import { ANNOTATIONS } from "./schema-keywords.ts";
import { lacksType } from "./schema-shape.ts";

/**
 * Returns whether `type: object` stands for "any value", as some generators write it: the schema has no constraint, and
 * its default or an example is not an object.
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
 * Returns the schema with a type that its own values have. With `type: array`, a list of scalar values constrains the
 * items, so it moves to `items`.
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
  // The format belongs to the declared type.
  const { format, ...rest } = schema;
  return {
    ...rest,
    type: types.size === 1 ? onlyType : [...types],
    ...(format !== undefined && matching.length > 0 && { format }),
  };
}

/** Returns whether a schema has a type where it needs one, and its values have that type. */
export function isConsistent(schema: JsonSchema): boolean {
  return !lacksType(schema) && typeAllowsValues(schema) && !hasMisleadingObjectType(schema);
}

/** Returns whether every value of `enum` and `const` has the declared type. */
function typeAllowsValues(schema: JsonSchema): boolean {
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
