/** Coerces a model's values to the types of a schema. */
import type { JsonSchema } from "../../chat/types.ts";
import { parseJson } from "../../json.ts";
import { isLikelyAlternative, listAlternatives } from "../schema/alternatives.ts";
import { followReferences, isRecord } from "../schema/schema.ts";
import { indexChoices } from "./choices.ts";
import { asksForDay, DAY } from "./formats.ts";
import { listExamples } from "./text-keywords.ts";

type Definitions = Readonly<Record<string, unknown>>;

/**
 * Converts a value to the schema's type where the intent is unambiguous: "5" for an integer, "true" for a boolean, a
 * single value for a list, JSON text for an object or list, another case of an enum value, a time for a date. Other
 * values are returned unchanged, for the validator to refuse.
 */
export function coerce(value: unknown, schema: JsonSchema, definitions: Definitions): unknown {
  return coerceAtDepth(value, schema, { definitions, attempts: MAX_ATTEMPTS }, 0);
}

const MAX_DEPTH = 64;
/** Characters of a text that stands for a number, another scalar or a choice. Reading a long number takes the square of its length. */
const MAX_WORD_LENGTH = 1000;
/** Characters of a text that stands for a list or an object. Models write less. */
const MAX_JSON_LENGTH = 200_000;
/** Limits the alternatives tried for one value. Recursive alternatives have exponentially many combinations. */
const MAX_ATTEMPTS = 1000;

interface CoercionContext {
  readonly definitions: Definitions;
  attempts: number;
}

function coerceAtDepth(value: unknown, rawSchema: unknown, context: CoercionContext, depth: number): unknown {
  if (!isRecord(rawSchema) || depth > MAX_DEPTH) return value;
  const schema = followReferences(rawSchema, context.definitions);
  const variants = listAlternatives(schema);
  if (variants.length > 0) return coerceToVariant(value, variants, context, depth);
  const typed = splitChoices(value, schema, context) ?? coerceToType(value, getTypes(schema));
  if (Array.isArray(typed)) {
    const prefixItems = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
    // A value wrapped in a list uses up depth faster, so that it is not wrapped in list after list.
    const itemDepth = typed.length === 1 && typed[0] === value ? depth + MAX_DEPTH / 4 : depth + 1;
    return typed.map((item, index) =>
      coerceAtDepth(item, prefixItems[index] ?? schema.items, context, itemDepth),
    );
  }
  if (isRecord(typed)) return coerceMembers(typed, schema, context, depth);
  const choices = schema.const === undefined ? schema.enum : [schema.const];
  return coerceToFormat(coerceToChoice(typed, choices), schema);
}

function coerceMembers(
  value: Record<string, unknown>,
  schema: JsonSchema,
  context: CoercionContext,
  depth: number,
): Record<string, unknown> {
  const sources = [schema, ...(Array.isArray(schema.allOf) ? schema.allOf : [])]
    .filter(isRecord)
    .map((source) => followReferences(source, context.definitions));
  const required = new Set(
    sources.flatMap((source) => (Array.isArray(source.required) ? source.required : [])),
  );
  const entries: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value)) {
    const property = sources
      .map((source) =>
        isRecord(source.properties) && Object.hasOwn(source.properties, key)
          ? source.properties[key]
          : undefined,
      )
      .find((found) => found !== undefined);
    if (
      inner === null &&
      isRecord(property) &&
      !required.has(key) &&
      !acceptsNull(property, context.definitions)
    )
      continue;
    entries.push([key, coerceAtDepth(inner, property ?? schema.additionalProperties, context, depth + 1)]);
  }
  return Object.fromEntries(entries);
}

/** Coerces to the alternative whose type the value already has, or else to the first that it converts to. */
function coerceToVariant(
  value: unknown,
  variants: readonly Record<string, unknown>[],
  context: CoercionContext,
  depth: number,
): unknown {
  const targets = variants.map((variant) => followReferences(variant, context.definitions));
  const matching = targets.filter((target) => hasType(value, getTypes(target)));
  if (matching.length > 0) {
    const likely =
      matching.length > 1 && isRecord(value)
        ? matching.filter((target) => isLikelyAlternative(value, target))
        : matching;
    return likely.length === 1 ? coerceAtDepth(value, likely[0], context, depth + 1) : value;
  }
  for (const target of targets) {
    if (context.attempts-- <= 0) return value;
    const converted = coerceAtDepth(value, target, context, depth + 1);
    if (converted !== value && hasType(converted, getTypes(target))) return converted;
  }
  return value;
}

export function acceptsNull(rawSchema: JsonSchema, definitions: Definitions, depth = 0): boolean {
  const schema = followReferences(rawSchema, definitions);
  if (Array.isArray(schema.enum)) return schema.enum.includes(null);
  const variants = listAlternatives(schema);
  if (variants.length > 0 && depth < 8)
    return variants.some((variant) => acceptsNull(variant, definitions, depth + 1));
  const types = getTypes(schema);
  return types.length === 0 || types.includes("null");
}

function getTypes(schema: JsonSchema): readonly unknown[] {
  const { type } = schema;
  if (Array.isArray(type)) return type;
  if (type !== undefined) return [type];
  if (isRecord(schema.properties)) return ["object"];
  return schema.items === undefined ? [] : ["array"];
}

function hasType(value: unknown, types: readonly unknown[]): boolean {
  return types.length === 0 || types.some((type) => isOfType(value, type));
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === "integer") return typeof value === "bigint" || Number.isInteger(value);
  if (type === "number") return typeof value === "bigint" || typeof value === "number";
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isRecord(value);
  if (type === "null") return value === null;
  return typeof value === type;
}

function coerceToType(value: unknown, types: readonly unknown[]): unknown {
  if (hasType(value, types)) return value;
  for (const type of types) {
    const converted = convert(value, type);
    if (converted !== undefined) return converted;
  }
  return value;
}

function convert(value: unknown, type: unknown): unknown {
  if (type === "string") return isScalar(value) ? String(value) : undefined;
  if (type === "array")
    return parseJsonAs(value, "[", Array.isArray) ?? (isMissing(value) ? undefined : [value]);
  if (typeof value !== "string") return undefined;
  if (type === "object") return parseJsonAs(value, "{", isRecord);
  if (value.length > MAX_WORD_LENGTH) return undefined;
  const text = value.trim();
  if (type === "integer") return /^[+-]?\d+(\.0+)?$/.test(text) ? parseInteger(text) : undefined;
  if (type === "number")
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? parseNumber(text) : undefined;
  if (type === "boolean") return BOOLEANS.get(text.toLowerCase());
  if (type === "null") return text.toLowerCase() === "null" ? null : undefined;
  return undefined;
}

const BOOLEANS = new Map([
  ["true", true],
  ["false", false],
]);

function parseInteger(text: string): number | bigint {
  const digits = text.replace(/\..*$/, "").replace(/^\+/, "");
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

function parseNumber(text: string): number | bigint {
  return /^[+-]?\d+$/.test(text) ? parseInteger(text) : Number(text);
}

function parseJsonAs<T>(
  value: unknown,
  opening: string,
  accepts: (value: unknown) => value is T,
): T | undefined {
  if (typeof value !== "string" || value.length > MAX_JSON_LENGTH) return undefined;
  if (!value.trimStart().startsWith(opening)) return undefined;
  try {
    const parsed = parseJson(value);
    return accepts(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isScalar(value: unknown): boolean {
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint";
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || value === "";
}

function coerceToChoice(value: unknown, choices: unknown): unknown {
  if (typeof value !== "string" || value.length > MAX_WORD_LENGTH || !Array.isArray(choices)) return value;
  const { exact, byText } = indexChoices(choices);
  return exact.has(value) ? value : (byText.get(value.toLowerCase()) ?? value);
}

/** Splits a comma-separated text for a list of enum values: `open,closed`. */
function splitChoices(value: unknown, schema: JsonSchema, context: CoercionContext): string[] | undefined {
  if (typeof value !== "string" || value.length > MAX_JSON_LENGTH || !value.includes(",")) return undefined;
  if (!isRecord(schema.items)) return undefined;
  const choices = followReferences(schema.items, context.definitions).enum;
  if (!Array.isArray(choices)) return undefined;
  const { exact } = indexChoices(choices);
  if (exact.has(value)) return undefined;
  const parts = value.split(",").map((part) => part.trim());
  return parts.every((part) => exact.has(part)) ? parts : undefined;
}

/** Converts a date-time to its date, and a date to its first moment in UTC, unless the document shows the other form. */
function coerceToFormat(value: unknown, schema: JsonSchema): unknown {
  if (typeof value !== "string") return value;
  const { format, description } = schema;
  if (format === "date" && listExamples(schema).every((example) => DAY.test(example)))
    return /^(\d{4}-\d\d-\d\d)[Tt ]\d\d:\d\d/.exec(value)?.[1] ?? value;
  if (format === "date-time" && DAY.test(value) && !asksForDay(description, listExamples(schema)))
    return `${value}T00:00:00Z`;
  return value;
}
