/** The JSON Schema of a tool of one's own, checked, and fit for every model. */
import { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonSchema } from "../../chat/types.ts";
import { inlineDefinitions } from "../schema/inline-definitions.ts";
import { ModelSchemaWriter } from "../schema/model-schema.ts";
import { buildWithKeys, type PropertyKeys } from "../schema/property-keys.ts";
import { getDefinitionName, isRecord } from "../schema/schema.ts";

export interface CustomSchema {
  readonly inputSchema: JsonSchema;
  /** Property key of the schema → the module's own, where a model may not be shown that one. */
  readonly originalKeys: Readonly<Record<string, string>>;
}

/** Characters of one property's description: who writes for a model knows what it costs. */
const DESCRIPTION_LIMIT = 2000;
/** Bedrock wants an object at the root, and Claude refuses these beside it. */
const FORBIDDEN_AT_ROOT = ["oneOf", "anyOf", "allOf"];
/** What `"$ref": "#"` becomes: the root has to be an object, so it is named as well. */
const ROOT_DEFINITION = "root";

/** @throws Error saying what is wrong with it. */
export function createCustomSchema(parameters: unknown): CustomSchema {
  const schema = validateParameters(parameters);
  return buildWithKeys((keys) => writeSchema(schema, keys));
}

function validateParameters(parameters: unknown): Record<string, unknown> {
  // Also a copy: what the module does to its object later changes nothing here.
  const schema: unknown = JSON.parse(JSON.stringify(parameters) ?? "null");
  if (!isRecord(schema)) throw new Error("parameters: the JSON Schema is no object");
  const forbidden = FORBIDDEN_AT_ROOT.find((keyword) => schema[keyword] !== undefined);
  if (schema.type !== "object" || forbidden !== undefined)
    throw new Error(
      `parameters: the schema must have "type": "object" at its root${forbidden === undefined ? "" : ` and no ${forbidden} there`}`,
    );
  const ajv = new Ajv2020({ strict: false, logger: false });
  if (ajv.validateSchema(schema) !== true)
    throw new Error(`parameters: no JSON Schema 2020-12: ${ajv.errorsText(ajv.errors, { dataVar: "it" })}`);
  const definitions = isRecord(schema.$defs) ? schema.$defs : {};
  const unresolved = collectReferences(schema).find(
    (reference) => reference !== "#" && getDefinitionName({ $ref: reference }, definitions) === undefined,
  );
  if (unresolved !== undefined)
    throw new Error(
      `parameters: the reference ${unresolved} leads nowhere; what #/$defs/NAME names must be there`,
    );
  return schema;
}

function collectReferences(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner] : collectReferences(inner),
  );
}

function writeSchema({ $defs, ...root }: Record<string, unknown>, keys: PropertyKeys): CustomSchema {
  const existing = isRecord($defs) ? $defs : {};
  const name = uniqueName(existing);
  const [schema, definitions] = [root, { ...existing, [name]: root }].map((part) =>
    replaceRootReferences(part, name),
  );
  const schemas = new ModelSchemaWriter(toSchemas(definitions), keys, DESCRIPTION_LIMIT, "shown");
  const rewritten = schemas.write(isRecord(schema) ? schema : {});
  const used = schemas.definitions;
  return {
    inputSchema: inlineDefinitions({
      ...rewritten,
      type: "object",
      properties: rewritten.properties ?? {},
      ...(Object.keys(used).length > 0 && { $defs: used }),
    }),
    originalKeys: keys.originalKeys,
  };
}

function uniqueName(existing: Readonly<Record<string, unknown>>): string {
  let name = ROOT_DEFINITION;
  while (Object.hasOwn(existing, name)) name = `${name}_`;
  return name;
}

/** References to the root as references to the definition that says the same. */
function replaceRootReferences(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceRootReferences(item, name));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "$ref" && inner === "#" ? `#/$defs/${name}` : replaceRootReferences(inner, name),
    ]),
  );
}

/** `true` as a definition is the schema of anything. */
function toSchemas(definitions: unknown): Readonly<Record<string, JsonSchema>> {
  const entries = Object.entries(isRecord(definitions) ? definitions : {});
  return Object.fromEntries(entries.map(([name, schema]) => [name, isRecord(schema) ? schema : {}]));
}
