/** Converts a JSON Schema that a client sends: the parameters of a tool, or the format of a reply. */
import type { JsonSchema } from "../../chat/types.ts";
import { createValidator, type Validate } from "../arguments/validator.ts";
import { renameKeys } from "../schema/property-keys.ts";
import { getDefinitionName, isRecord } from "../schema/schema.ts";
import { upgradeSchema } from "../schema/upgrade-schema.ts";
import { readCustomArguments, withOriginalKeys } from "./run.ts";
import { createCustomSchema } from "./schema.ts";

export interface ClientSchema {
  /** The schema that the model reads. */
  readonly inputSchema: JsonSchema;
  /** Returns the value that the model's arguments stand for, with the client's keys, and its problems. */
  read(input: Readonly<Record<string, unknown>>): {
    readonly value: unknown;
    readonly problems: readonly string[];
  };
  /** Returns the arguments with which the model writes a value. */
  write(value: unknown): Readonly<Record<string, unknown>>;
}

/** Objects of a JSON Schema, most of which are schemas. Compiling as many takes a fifth of a second. */
const MAX_OBJECTS = 1000;

let sharedValidator: Validate | undefined;

/** @throws Error with the reason when the schema cannot be converted. */
export function createClientSchema(parameters: unknown): ClientSchema {
  if (parameters !== undefined && parameters !== null && !isRecord(parameters))
    throw new Error("the JSON Schema must be an object");
  if (hasMoreObjects(parameters, MAX_OBJECTS))
    throw new Error(`the JSON Schema has more than ${MAX_OBJECTS} objects`);
  const upgraded = inlineRoot(upgradeSchema(parameters ?? {}));
  const isWrapped = !isObjectSchema(upgraded);
  const schema = createCustomSchema(isWrapped ? wrap(upgraded) : { ...upgraded, type: "object" });
  const { inputSchema, originalKeys } = schema;
  const aliases = new Map(Object.entries(originalKeys).map(([alias, key]) => [key, alias]));
  sharedValidator ??= createValidator();
  const validate = sharedValidator;
  return {
    inputSchema,
    read(input) {
      const parsed = readCustomArguments({ schema, validate }, input);
      const refused = parsed.outcome === "refused";
      const values = refused ? withOriginalKeys(input, schema) : parsed.values;
      return { value: isWrapped ? values[WRAPPED] : values, problems: refused ? parsed.problems : [] };
    },
    write(value) {
      const written = renameKeys(isWrapped ? { [WRAPPED]: value } : value, (key) => aliases.get(key) ?? key);
      return isRecord(written) ? written : {};
    },
  };
}

function hasMoreObjects(value: unknown, limit: number): boolean {
  const waiting = [value];
  let count = 0;
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null) continue;
    if (!Array.isArray(next)) count += 1;
    if (count > limit) return true;
    for (const inner of Object.values(next)) waiting.push(inner);
  }
  return false;
}

/** The property that stands for a value that is not an object. */
const WRAPPED = "value";

function wrap({ $defs, ...schema }: Record<string, unknown>): Record<string, unknown> {
  return {
    type: "object",
    properties: { [WRAPPED]: schema },
    required: [WRAPPED],
    ...($defs !== undefined && { $defs }),
  };
}

/** Replaces a reference at the root by its target. */
function inlineRoot(schema: Record<string, unknown>): Record<string, unknown> {
  const definitions = isRecord(schema.$defs) ? schema.$defs : {};
  let current = schema;
  for (let step = 0; step < 20; step++) {
    const name = getDefinitionName(current, definitions);
    const target = name === undefined ? undefined : definitions[name];
    if (!isRecord(target)) return current;
    const { $ref: _, ...siblings } = current;
    current = { ...target, ...siblings };
  }
  return current;
}

/** Returns whether the model can write the value as the arguments of a call: an object without alternatives at the root. */
function isObjectSchema({ type, ...schema }: Record<string, unknown>): boolean {
  const isObject = Array.isArray(type)
    ? type.every((one) => one === "object")
    : (type ?? "object") === "object";
  return isObject && !["allOf", "anyOf", "oneOf", "not", "if", "enum", "const"].some((key) => key in schema);
}
