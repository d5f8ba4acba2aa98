/** The JSON Schema of a tool of one's own, checked, and fit for every model. */
import { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonSchema } from "../../chat/types.ts";
import { inlineDefinitions } from "../schema/inline-definitions.ts";
import { ModelSchemas } from "../schema/model-schema.ts";
import { type PropertyKeys, withKeys } from "../schema/property-keys.ts";
import { isRecord, localReference } from "../schema/schema.ts";

export interface CustomSchema {
  readonly inputSchema: JsonSchema;
  /** Property key of the schema → the module's own, where a model may not be shown that one. */
  readonly renames: Readonly<Record<string, string>>;
}

/** Characters of one property's description: who writes for a model knows what it costs. */
const DESCRIPTION_LIMIT = 2000;
/** Bedrock wants an object at the root, and Claude refuses these beside it. */
const NOT_AT_ROOT = ["oneOf", "anyOf", "allOf"];
/** What `"$ref": "#"` becomes: the root has to be an object, so it is named as well. */
const ROOT = "root";

/** @throws Error saying what is wrong with it. */
export function customSchema(given: unknown): CustomSchema {
  const schema = checked(given);
  return withKeys((keys) => written(schema, keys));
}

function checked(given: unknown): Record<string, unknown> {
  // Also a copy: what the module does to its object later changes nothing here.
  const schema: unknown = JSON.parse(JSON.stringify(given) ?? "null");
  if (!isRecord(schema)) throw new Error("parameters: the JSON Schema is no object");
  const choice = NOT_AT_ROOT.find((keyword) => schema[keyword] !== undefined);
  if (schema.type !== "object" || choice !== undefined)
    throw new Error(
      `parameters: the schema must have "type": "object" at its root${choice === undefined ? "" : ` and no ${choice} there`}`,
    );
  const ajv = new Ajv2020({ strict: false, logger: false });
  if (ajv.validateSchema(schema) !== true)
    throw new Error(`parameters: no JSON Schema 2020-12: ${ajv.errorsText(ajv.errors, { dataVar: "it" })}`);
  const definitions = isRecord(schema.$defs) ? schema.$defs : {};
  const lost = referencesIn(schema).find(
    (reference) => reference !== "#" && localReference({ $ref: reference }, definitions) === undefined,
  );
  if (lost !== undefined)
    throw new Error(`parameters: the reference ${lost} leads nowhere; what #/$defs/NAME names must be there`);
  return schema;
}

function referencesIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner] : referencesIn(inner),
  );
}

function written({ $defs, ...root }: Record<string, unknown>, keys: PropertyKeys): CustomSchema {
  const known = isRecord($defs) ? $defs : {};
  const name = freeName(known);
  const [schema, definitions] = [root, { ...known, [name]: root }].map((part) => named(part, name));
  const schemas = new ModelSchemas(onlySchemas(definitions), keys, DESCRIPTION_LIMIT, "shown");
  const shown = schemas.write(isRecord(schema) ? schema : {});
  const needed = schemas.definitions;
  return {
    inputSchema: inlineDefinitions({
      ...shown,
      type: "object",
      properties: shown.properties ?? {},
      ...(Object.keys(needed).length > 0 && { $defs: needed }),
    }),
    renames: keys.renames,
  };
}

function freeName(known: Readonly<Record<string, unknown>>): string {
  let name = ROOT;
  while (Object.hasOwn(known, name)) name = `${name}_`;
  return name;
}

/** References to the root as references to the definition that says the same. */
function named(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => named(item, name));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "$ref" && inner === "#" ? `#/$defs/${name}` : named(inner, name),
    ]),
  );
}

/** `true` as a definition is the schema of anything. */
function onlySchemas(definitions: unknown): Readonly<Record<string, JsonSchema>> {
  const entries = Object.entries(isRecord(definitions) ? definitions : {});
  return Object.fromEntries(entries.map(([name, schema]) => [name, isRecord(schema) ? schema : {}]));
}
