import type { JsonSchema } from "../../chat/types.ts";
import { renameKeys } from "../schema/property-keys.ts";
import { isRecord, own } from "../schema/schema.ts";
import type { Tool } from "../types.ts";
import { acceptsNull, coerce } from "./coerce.ts";
import { didYouMean, type Validate } from "./validator.ts";

/** A model's arguments, ready for the request: coerced, valid, nested keys as the document has them. */
export type ReadArguments =
  | { readonly outcome: "ready"; readonly values: Readonly<Record<string, unknown>> }
  | { readonly outcome: "refused"; readonly problems: readonly string[] };

export function readArguments(
  tool: Tool,
  given: Readonly<Record<string, unknown>>,
  validate: Validate,
): ReadArguments {
  const { inputSchema } = tool;
  const read = readValues(inputSchema, spelledOut(tool, given), (values) =>
    validate(schemaFor(tool, values), values),
  );
  return read.outcome === "refused" ? read : { outcome: "ready", values: restored(tool, read.values) };
}

/** Coerced and checked against a tool's schema, keys as the model has them. `check`: what is wrong with the values. */
export function readValues(
  schema: JsonSchema,
  given: Readonly<Record<string, unknown>>,
  check: (values: Readonly<Record<string, unknown>>) => readonly string[],
): ReadArguments {
  if (isDeeperThan(given, DEEPEST))
    return { outcome: "refused", problems: [`arguments: nested deeper than ${DEEPEST} levels`] };
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const definitions = isRecord(schema.$defs) ? schema.$defs : {};
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const values = new Map<string, unknown>();
  const problems: string[] = [];
  for (const [key, value] of Object.entries(given)) {
    const property = own(properties, key) ?? schemaOfOthers(schema);
    if (value === undefined) continue;
    if (!isRecord(property)) {
      problems.push(`${key}: is not known${didYouMean(key, Object.keys(properties))}`);
      continue;
    }
    const isNothing = value === null || (value === "" && !allowsText(property));
    if (isNothing && !required.has(key) && !(value === null && acceptsNull(property, definitions))) continue;
    values.set(key, coerce(value, property, definitions));
  }
  const read = Object.fromEntries(values);
  problems.push(...check(read));
  return problems.length > 0 ? { outcome: "refused", problems } : { outcome: "ready", values: read };
}

/** Models invent arguments, so one that is not described is a mistake unless others are allowed expressly. */
function schemaOfOthers({ additionalProperties, patternProperties }: JsonSchema): unknown {
  if (isRecord(additionalProperties)) return additionalProperties;
  return additionalProperties === true || patternProperties !== undefined ? {} : undefined;
}

/**
 * The two slips that models make with bodies: fields wrapped in `body` where they stand beside the parameters, and
 * fields beside the parameters where they belong into `body`.
 */
function spelledOut(tool: Tool, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const places = Object.entries(tool.places);
  const bodyKey = places.find(([, place]) => place.in === "body")?.[0];
  if (bodyKey === undefined) {
    const { body, ...rest } = given;
    const isWrapped = isRecord(body) && !Object.hasOwn(tool.places, "body") && hasFields(tool);
    return isWrapped ? { ...rest, ...body } : given;
  }
  const strangers = Object.keys(given).filter((key) => !Object.hasOwn(tool.places, key));
  if (Object.hasOwn(given, bodyKey) || strangers.length === 0 || !takesObject(tool, bodyKey)) return given;
  const known = Object.entries(given).filter(([key]) => Object.hasOwn(tool.places, key));
  return {
    ...Object.fromEntries(known),
    [bodyKey]: Object.fromEntries(strangers.map((key) => [key, given[key]])),
  };
}

function hasFields(tool: Tool): boolean {
  return Object.values(tool.places).some((place) => place.in === "property");
}

function takesObject(tool: Tool, key: string): boolean {
  const properties = isRecord(tool.inputSchema.properties) ? tool.inputSchema.properties : {};
  const schema = own(properties, key);
  return isRecord(schema) && schema.type !== "string" && schema.type !== "array";
}

/**
 * The schema requires the fields of a body that itself is optional, since documents forget to say that a body is
 * required far more often than one is not. A call without any of them is still right: it sends no body.
 */
function schemaFor(tool: Tool, values: Readonly<Record<string, unknown>>): JsonSchema {
  const { inputSchema, operation, places } = tool;
  const isField = (key: unknown) => own(places, String(key))?.in === "property";
  if (operation.body?.required || !Array.isArray(inputSchema.required)) return inputSchema;
  if (!inputSchema.required.some(isField) || Object.keys(values).some(isField)) return inputSchema;
  let schema = withoutBody.get(tool);
  if (!schema) {
    schema = { ...inputSchema, required: inputSchema.required.filter((key) => !isField(key)) };
    withoutBody.set(tool, schema);
  }
  return schema;
}

const withoutBody = new WeakMap<Tool, JsonSchema>();

/** Beyond any real argument, well within what recursion can follow. */
const DEEPEST = 200;

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function allowsText(schema: Record<string, unknown>): boolean {
  const { type } = schema;
  return type === undefined || type === "string" || (Array.isArray(type) && type.includes("string"));
}

function restored(tool: Tool, values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (Object.keys(tool.renames).length === 0) return values;
  const original = (key: string) => own(tool.renames, key) ?? key;
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, renameKeys(value, original)]));
}
