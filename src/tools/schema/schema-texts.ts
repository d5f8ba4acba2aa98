/** Composes the texts of a schema that the model reads: titles, names of values, and what an alias stands for. */
import type { JsonSchema } from "../../chat/types.ts";
import { isRecord } from "./schema.ts";

/**
 * Returns the description before it is shortened. A title stands in for a missing description, and names a constant. A
 * title that repeats the property's name says nothing.
 */
export function composeDescription({ title, description, ...rest }: JsonSchema, name?: string): unknown {
  if (typeof title !== "string" || title.trim() === "") return description;
  const isRepeated = name !== undefined && normalize(title) === normalize(name);
  if (typeof description !== "string" || description.trim() === "") return isRepeated ? description : title;
  const isConstant = "const" in rest || (Array.isArray(rest.enum) && rest.enum.length === 1);
  return isConstant && !normalize(description).startsWith(normalize(title))
    ? `${title}: ${description}`
    : description;
}

const MAX_VALUE_NAMES = 1500;

/** Appends the names of enumerated values, which must not be cut with the description, or replaced beside a reference. */
export function appendValueNames(
  description: string | undefined,
  { "x-value-names": names }: JsonSchema,
): string | undefined {
  return typeof names === "string" ? appendNote(description, names.slice(0, MAX_VALUE_NAMES)) : description;
}

/** Adds the name that an argument or property has in the API, when its key is another. */
export function explainAlias<Schema>(schema: Schema, key: string, name: string): Schema {
  if (key === name || !isRecord(schema)) return schema;
  const { description } = schema;
  const text = typeof description === "string" ? description : undefined;
  return { ...schema, description: appendNote(text, `Sent as ${JSON.stringify(name)}.`) };
}

function appendNote(text: string | undefined, note: string): string {
  if (text === undefined || text === "") return note;
  return `${text}${/[.!?:;…]$/.test(text) ? "" : "."} ${note}`;
}

function normalize(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** Returns a legal name for a definition that is not in use. */
export function createUniqueName(name: string, used: ReadonlySet<string>): string {
  const legal = name.replace(/[^a-zA-Z0-9_.-]+/g, "_").slice(0, 60) || "schema";
  let unique = legal;
  for (let suffix = 2; used.has(unique); suffix++) unique = `${legal}_${suffix}`;
  return unique;
}

/** Returns only the type and description of a schema. */
export function outlineSchema({ type, description }: JsonSchema): JsonSchema {
  return { ...(type !== undefined && { type }), ...(description !== undefined && { description }) };
}
