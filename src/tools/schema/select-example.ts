/** Selects the examples that help the model to write a value. */
import type { JsonSchema } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { type PropertyKeys, renameKeys } from "./property-keys.ts";
import { isRecord } from "./schema.ts";

const MAX_EXAMPLE_LENGTH = 120;

/** Returns a short example with legal keys; undefined when it is too long or the schema already shows the format. */
export function selectExample(value: unknown, schema: JsonSchema, keys: PropertyKeys): unknown {
  if (schema.enum !== undefined || schema.const !== undefined || schema.type === "boolean") return undefined;
  if (!matchesType(value, schema.type)) return undefined;
  const isShort = (stringifyJson(value) ?? "").length <= MAX_EXAMPLE_LENGTH;
  return isShort ? renameKeys(value, (key) => keys.toLegalKey(key)) : undefined;
}

/** Returns the examples of a list that match the schema's type, in the same way. */
export function selectExamples(values: readonly unknown[], schema: JsonSchema, keys: PropertyKeys): unknown {
  const matching = values.filter((value) => matchesType(value, schema.type));
  return matching.length === 0 ? undefined : selectExample(matching, { ...schema, type: undefined }, keys);
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
