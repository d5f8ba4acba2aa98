import { acceptsNull, coerce } from "./coerce.ts";
import { objectShape } from "./object-shape.ts";
import { renameKeys } from "./property-keys.ts";
import { isRecord, own } from "./schema.ts";
import type { Tool } from "./types.ts";
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
  const properties = isRecord(tool.inputSchema.properties) ? tool.inputSchema.properties : {};
  const definitions = isRecord(tool.inputSchema.$defs) ? tool.inputSchema.$defs : {};
  const required = new Set(Array.isArray(tool.inputSchema.required) ? tool.inputSchema.required : []);
  const values = new Map<string, unknown>();
  const problems: string[] = [];
  for (const [key, value] of Object.entries(spelledOut(tool, given))) {
    const property = own(properties, key);
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
  problems.push(...validate(tool.inputSchema, read), ...missingFields(tool, read));
  if (problems.length > 0) return { outcome: "refused", problems };
  return { outcome: "ready", values: restored(tool, read) };
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

/** The fields that a body must have once it is sent, when it need not be sent. */
function missingFields(tool: Tool, values: Readonly<Record<string, unknown>>): string[] {
  const { media, operation } = tool;
  if (!media || operation.body?.required) return [];
  const fields = Object.entries(tool.places).flatMap(([key, place]) =>
    place.in === "property" ? [{ key, name: place.name }] : [],
  );
  if (!fields.some(({ key }) => own(values, key) !== undefined)) return [];
  const required = new Set(objectShape(media.schema, operation.definitions)?.required ?? []);
  return fields
    .filter(({ key, name }) => required.has(name) && own(values, key) === undefined)
    .map(({ key }) => `${key}: is required`);
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
