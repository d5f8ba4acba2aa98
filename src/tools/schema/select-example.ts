/** Selects the examples that help the model to write a value. */
import type { JsonSchema } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { renameDeclaredKeys } from "./declared-keys.ts";
import type { PropertyKeys } from "./property-keys.ts";
import { isRecord } from "./schema.ts";

export interface ExampleContext {
  readonly keys: PropertyKeys;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

const MAX_EXAMPLE_LENGTH = 120;

/** Returns a short example with legal keys; undefined when it is too long or the schema already shows the format. */
export function selectExample(
  value: unknown,
  schema: JsonSchema,
  { keys, definitions }: ExampleContext,
): unknown {
  if (schema.enum !== undefined || schema.const !== undefined || schema.type === "boolean") return undefined;
  if (!matchesType(value, schema.type)) return undefined;
  const isShort = (stringifyJson(value) ?? "").length <= MAX_EXAMPLE_LENGTH;
  return isShort ? renameDeclaredKeys(value, schema, definitions, (key) => keys.toLegalKey(key)) : undefined;
}

/** Returns the examples of a list that match the schema's type, in the same way. */
export function selectExamples(
  values: readonly unknown[],
  schema: JsonSchema,
  context: ExampleContext,
): unknown {
  const matching = values.filter((value) => matchesType(value, schema.type));
  if (matching.length === 0 || (stringifyJson(matching) ?? "").length > MAX_EXAMPLE_LENGTH) return undefined;
  const selected = matching
    .map((value) => selectExample(value, schema, context))
    .filter((value) => value !== undefined);
  return selected.length === 0 ? undefined : selected;
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
