/** Validates the JSON Schema of a custom tool and rewrites it for the model. */
import { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonSchema } from "../../chat/types.ts";
import { inlineDefinitions } from "../schema/inline-definitions.ts";
import { ModelSchemaWriter } from "../schema/model-schema.ts";
import { buildWithKeys, type PropertyKeys } from "../schema/property-keys.ts";
import { getDefinitionName, isRecord } from "../schema/schema.ts";

export interface CustomSchema {
  readonly inputSchema: JsonSchema;
  /** Property key of the schema → the module's key, for keys that a model does not accept. */
  readonly originalKeys: Readonly<Record<string, string>>;
}

/** The maximum length of a property's description in characters. It is written for the model, so the limit is high. */
const DESCRIPTION_LIMIT = 2000;
/** Keywords that Claude refuses at the root. Bedrock requires an object there. */
const FORBIDDEN_AT_ROOT = ["oneOf", "anyOf", "allOf"];
/** The definition that `"$ref": "#"` is rewritten to, since the root itself must be an object. */
const ROOT_DEFINITION = "root";

let sharedAjv: Ajv2020 | undefined;

/** @throws Error with the reason when the schema is invalid. */
export function createCustomSchema(parameters: unknown): CustomSchema {
  const schema = validateParameters(parameters);
  return buildWithKeys((keys) => writeSchema(schema, keys));
}

function validateParameters(parameters: unknown): Record<string, unknown> {
  // Copied, so that later changes by the module have no effect.
  const schema: unknown = JSON.parse(JSON.stringify(parameters) ?? "null");
  if (!isRecord(schema)) throw new Error("parameters: the JSON Schema must be an object");
  const forbidden = FORBIDDEN_AT_ROOT.find((keyword) => schema[keyword] !== undefined);
  if (schema.type !== "object" || forbidden !== undefined)
    throw new Error(
      `parameters: the schema must have "type": "object" at its root${forbidden === undefined ? "" : ` and no ${forbidden} there`}`,
    );
  // Creating one takes longer than a client's whole request.
  sharedAjv ??= new Ajv2020({ strict: false, logger: false });
  const ajv = sharedAjv;
  if (ajv.validateSchema(schema) !== true)
    throw new Error(
      `parameters: invalid JSON Schema 2020-12: ${ajv.errorsText(ajv.errors, { dataVar: "it" })}`,
    );
  const definitions = isRecord(schema.$defs) ? schema.$defs : {};
  const unresolved = collectReferences(schema).find(
    (reference) => reference !== "#" && getDefinitionName({ $ref: reference }, definitions) === undefined,
  );
  if (unresolved !== undefined)
    throw new Error(
      `parameters: the reference ${unresolved} cannot be resolved; only # and #/$defs/NAME are supported`,
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
  const name = createUniqueName(existing);
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

function createUniqueName(existing: Readonly<Record<string, unknown>>): string {
  let name = ROOT_DEFINITION;
  while (Object.hasOwn(existing, name)) name = `${name}_`;
  return name;
}

/** Replaces references to the root by references to its definition. */
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

/** Replaces boolean schemas among definitions by an empty schema, which accepts anything. */
function toSchemas(definitions: unknown): Readonly<Record<string, JsonSchema>> {
  const entries = Object.entries(isRecord(definitions) ? definitions : {});
  return Object.fromEntries(entries.map(([name, schema]) => [name, isRecord(schema) ? schema : {}]));
}
