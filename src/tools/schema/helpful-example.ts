import type { JsonSchema } from "../../chat/types.ts";
import { type PropertyKeys, renameKeys } from "./property-keys.ts";
import { inDoubles, isRecord } from "./schema.ts";

const EXAMPLE_LENGTH = 120;

/** An example helps where the schema leaves the form open; it is kept when it is short. */
export function helpfulExample(value: unknown, schema: JsonSchema, keys: PropertyKeys): unknown {
  if (schema.enum !== undefined || schema.const !== undefined || schema.type === "boolean") return undefined;
  if (!mayBe(value, schema.type)) return undefined;
  const example = inDoubles(value);
  const isShort = (JSON.stringify(example) ?? "").length <= EXAMPLE_LENGTH;
  return isShort ? renameKeys(example, (key) => keys.legal(key)) : undefined;
}

/** Those of a list that its schema allows. */
export function helpfulExamples(values: readonly unknown[], schema: JsonSchema, keys: PropertyKeys): unknown {
  const possible = values.filter((value) => mayBe(value, schema.type));
  return possible.length === 0 ? undefined : helpfulExample(possible, { ...schema, type: undefined }, keys);
}

/** Not an object for a text, nor a text for an object: who follows such an example is refused. */
function mayBe(value: unknown, type: unknown): boolean {
  if (type === undefined || value === null) return true;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (Array.isArray(value)) return types.includes("array");
  return isRecord(value)
    ? types.includes("object")
    : types.some((name) => name !== "object" && name !== "null");
}
