/** Reads a model's arguments: coerces, validates and restores the document's keys. */
import type { JsonSchema } from "../../chat/types.ts";
import { renameDeclaredKeys } from "../schema/declared-keys.ts";
import { getOwn, isRecord } from "../schema/schema.ts";
import type { Tool } from "../types.ts";
import { acceptsNull, coerce } from "./coerce.ts";
import { suggestName, type Validate } from "./validator.ts";

/** Coerced and valid arguments. Nested keys are the document's when returned by `readArguments`. */
export type ParsedArguments =
  | {
      readonly outcome: "ready";
      readonly values: Readonly<Record<string, unknown>>;
      /** Lines for the model, about values that were sent although they look wrong. */
      readonly notes?: readonly string[];
    }
  | { readonly outcome: "refused"; readonly problems: readonly string[] };

/** Reads the arguments of an API tool, with the document's nested keys. */
export function readArguments(
  tool: Tool,
  input: Readonly<Record<string, unknown>>,
  validate: Validate,
): ParsedArguments {
  const { inputSchema } = tool;
  const notes: string[] = [];
  const parsed = readValues(inputSchema, normalizeBodyArguments(tool, input), (values) =>
    validate(selectSchema(tool, values), values, (note) => notes.push(note)),
  );
  return parsed.outcome === "refused"
    ? parsed
    : { ...parsed, values: withOriginalKeys(tool, parsed.values), ...(notes.length > 0 && { notes }) };
}

/** Coerces and validates arguments, under the model's keys. `validate` returns the problems of the values. */
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
      problems.push(`${key}: is unknown${suggestName(key, Object.keys(properties))}`);
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

/**
 * Returns the schema of an undeclared argument; undefined when there is none. Models invent arguments, so undeclared
 * ones are refused unless the schema allows them explicitly.
 */
function additionalPropertySchema({ additionalProperties, patternProperties }: JsonSchema): unknown {
  if (isRecord(additionalProperties)) return additionalProperties;
  return additionalProperties === true || patternProperties !== undefined ? {} : undefined;
}

/**
 * Corrects two mistakes that models make with bodies: fields nested in `body` that belong at the top level, and
 * fields at the top level that belong in `body`.
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
 * Selects the schema to validate against. A tool's schema requires the required fields of an optional body, since
 * documents often forget to declare a body as required. A call without any body field sends no body and is valid.
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

/** Higher than in any real argument, and safe for recursion. */
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
  const { properties, $defs } = tool.inputSchema;
  const schemas = isRecord(properties) ? properties : {};
  const definitions = isRecord($defs) ? $defs : {};
  const originalKey = (key: string) => getOwn(tool.originalKeys, key) ?? key;
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      renameDeclaredKeys(value, getOwn(schemas, key), definitions, originalKey),
    ]),
  );
}
