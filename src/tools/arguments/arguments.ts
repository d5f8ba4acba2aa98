import type { JsonSchema } from "../../chat/types.ts";
import { renameKeys } from "../schema/property-keys.ts";
import { getOwn, isRecord } from "../schema/schema.ts";
import type { Tool } from "../types.ts";
import { acceptsNull, coerce } from "./coerce.ts";
import { didYouMean, type Validate } from "./validator.ts";

/** A model's arguments, ready for the request: coerced, valid, nested keys as the document has them. */
export type ParsedArguments =
  | { readonly outcome: "ready"; readonly values: Readonly<Record<string, unknown>> }
  | { readonly outcome: "refused"; readonly problems: readonly string[] };

export function readArguments(
  tool: Tool,
  input: Readonly<Record<string, unknown>>,
  validate: Validate,
): ParsedArguments {
  const { inputSchema } = tool;
  const parsed = readValues(inputSchema, normalizeBodyArguments(tool, input), (values) =>
    validate(selectSchema(tool, values), values),
  );
  return parsed.outcome === "refused"
    ? parsed
    : { outcome: "ready", values: withOriginalKeys(tool, parsed.values) };
}

/** Coerced and checked against a tool's schema, keys as the model has them. `check`: what is wrong with the values. */
export function readValues(
  schema: JsonSchema,
  input: Readonly<Record<string, unknown>>,
  validate: (values: Readonly<Record<string, unknown>>) => readonly string[],
): ParsedArguments {
  if (isDeeperThan(input, MAX_DEPTH))
    return { outcome: "refused", problems: [`arguments: nested deeper than ${MAX_DEPTH} levels`] };
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const definitions = isRecord(schema.$defs) ? schema.$defs : {};
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const values = new Map<string, unknown>();
  const problems: string[] = [];
  for (const [key, value] of Object.entries(input)) {
    const property = getOwn(properties, key) ?? additionalPropertySchema(schema);
    if (value === undefined) continue;
    if (!isRecord(property)) {
      problems.push(`${key}: is not known${didYouMean(key, Object.keys(properties))}`);
      continue;
    }
    const isEmpty = value === null || (value === "" && !acceptsString(property));
    if (isEmpty && !required.has(key) && !(value === null && acceptsNull(property, definitions))) continue;
    values.set(key, coerce(value, property, definitions));
  }
  const coerced = Object.fromEntries(values);
  problems.push(...validate(coerced));
  return problems.length > 0 ? { outcome: "refused", problems } : { outcome: "ready", values: coerced };
}

/** Models invent arguments, so one that is not described is a mistake unless others are allowed expressly. */
function additionalPropertySchema({ additionalProperties, patternProperties }: JsonSchema): unknown {
  if (isRecord(additionalProperties)) return additionalProperties;
  return additionalProperties === true || patternProperties !== undefined ? {} : undefined;
}

/**
 * The two slips that models make with bodies: fields wrapped in `body` where they stand beside the parameters, and
 * fields beside the parameters where they belong into `body`.
 */
function normalizeBodyArguments(
  tool: Tool,
  input: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const targets = Object.entries(tool.argumentTargets);
  const bodyKey = targets.find(([, target]) => target.in === "body")?.[0];
  if (bodyKey === undefined) {
    const { body, ...rest } = input;
    const isWrapped = isRecord(body) && !Object.hasOwn(tool.argumentTargets, "body") && hasBodyFields(tool);
    return isWrapped ? { ...rest, ...body } : input;
  }
  const unknownKeys = Object.keys(input).filter((key) => !Object.hasOwn(tool.argumentTargets, key));
  if (Object.hasOwn(input, bodyKey) || unknownKeys.length === 0 || !acceptsObject(tool, bodyKey))
    return input;
  const known = Object.entries(input).filter(([key]) => Object.hasOwn(tool.argumentTargets, key));
  return {
    ...Object.fromEntries(known),
    [bodyKey]: Object.fromEntries(unknownKeys.map((key) => [key, input[key]])),
  };
}

function hasBodyFields(tool: Tool): boolean {
  return Object.values(tool.argumentTargets).some((target) => target.in === "property");
}

function acceptsObject(tool: Tool, key: string): boolean {
  const properties = isRecord(tool.inputSchema.properties) ? tool.inputSchema.properties : {};
  const schema = getOwn(properties, key);
  return isRecord(schema) && schema.type !== "string" && schema.type !== "array";
}

/**
 * The schema requires the fields of a body that itself is optional, since documents forget to say that a body is
 * required far more often than one is not. A call without any of them is still right: it sends no body.
 */
function selectSchema(tool: Tool, values: Readonly<Record<string, unknown>>): JsonSchema {
  const { inputSchema, operation, argumentTargets } = tool;
  const isBodyField = (key: unknown) => getOwn(argumentTargets, String(key))?.in === "property";
  if (operation.body?.required || !Array.isArray(inputSchema.required)) return inputSchema;
  if (!inputSchema.required.some(isBodyField) || Object.keys(values).some(isBodyField)) return inputSchema;
  let schema = schemasWithoutBody.get(tool);
  if (!schema) {
    schema = { ...inputSchema, required: inputSchema.required.filter((key) => !isBodyField(key)) };
    schemasWithoutBody.set(tool, schema);
  }
  return schema;
}

const schemasWithoutBody = new WeakMap<Tool, JsonSchema>();

/** Beyond any real argument, well within what recursion can follow. */
const MAX_DEPTH = 200;

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function acceptsString(schema: Record<string, unknown>): boolean {
  const { type } = schema;
  return type === undefined || type === "string" || (Array.isArray(type) && type.includes("string"));
}

function withOriginalKeys(
  tool: Tool,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (Object.keys(tool.originalKeys).length === 0) return values;
  const originalKey = (key: string) => getOwn(tool.originalKeys, key) ?? key;
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, renameKeys(value, originalKey)]),
  );
}
