/** Checks tool definitions: Bedrock's rule for the root of a schema, and Claude's rules for the rest. */
import Ajv2020 from "ajv/dist/2020";
import { stringifyJson } from "../../src/json.ts";
import { firstRefusal, listToolSpecs } from "./check-constraints.ts";
import type { Family } from "./families.ts";
import { isRecord, type Json, modelError, type Refusal, validationError } from "./refusal.ts";

const PROPERTY_KEY = /^[a-zA-Z0-9_.-]{1,64}$/;
const validator = new Ajv2020({ strict: false, validateFormats: false, logger: false });

export function checkTools(body: Json, family: Family): Refusal | undefined {
  const specs = listToolSpecs(body);
  const roots = () =>
    firstRefusal(
      specs.map(
        (spec, index) => () =>
          schemaOf(spec).type === "object"
            ? undefined
            : validationError(
                `The value at toolConfig.tools.${index}.toolSpec.inputSchema.json.type must be one of the following: object.`,
              ),
      ),
    );
  return firstRefusal([
    roots,
    () => checkNames(specs),
    ...(family.isClaude ? [() => checkClaude(specs)] : []),
  ]);
}

function checkNames(specs: readonly Json[]): Refusal | undefined {
  const names = specs.map((spec) => spec.name);
  return new Set(names).size === names.length ? undefined : modelError("tools: Tool names must be unique.");
}

function checkClaude(specs: readonly Json[]): Refusal | undefined {
  return firstRefusal(
    specs.map((spec, index) => () => {
      const path = `tools.${index}.custom.input_schema`;
      const schema = schemaOf(spec);
      if (["oneOf", "anyOf", "allOf"].some((keyword) => keyword in schema))
        return modelError(`${path}: input_schema does not support oneOf, allOf, or anyOf at the top level`);
      const key = findIllegalKey(schema);
      if (key !== undefined)
        return modelError(`${path}.properties: Property keys should match pattern '${PROPERTY_KEY.source}'`);
      return isDraft2020(schema)
        ? undefined
        : modelError(
            `${path}: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.claude.com/en/docs/tool-use.`,
          );
    }),
  );
}

function schemaOf(spec: Json): Json {
  return isRecord(spec.inputSchema) && isRecord(spec.inputSchema.json) ? spec.inputSchema.json : {};
}

/** Returns true when the schema matches the meta-schema and all its references resolve inside it. */
export function isDraft2020(schema: Json): boolean {
  // The wire has numbers of any length, the validator knows only those of JavaScript.
  if (validator.validateSchema(JSON.parse(stringifyJson(schema))) !== true) return false;
  return collectReferences(schema).every((reference) => canResolve(schema, reference));
}

function collectReferences(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(collectReferences);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner] : collectReferences(inner),
  );
}

function canResolve(schema: Json, reference: string): boolean {
  if (!reference.startsWith("#")) return false;
  let at: unknown = schema;
  for (const step of reference.slice(1).split("/").slice(1)) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    at = isRecord(at) ? at[key] : Array.isArray(at) ? at[Number(key)] : undefined;
  }
  return at !== undefined;
}

/** Returns a property key that Claude refuses, at any depth; undefined when there is none. */
function findIllegalKey(schema: unknown): string | undefined {
  if (Array.isArray(schema)) return findFirstIllegalKey(schema);
  if (!isRecord(schema)) return undefined;
  if (isRecord(schema.properties)) {
    const wrong = Object.keys(schema.properties).find((key) => !PROPERTY_KEY.test(key));
    if (wrong !== undefined) return wrong;
    const below = findFirstIllegalKey(Object.values(schema.properties));
    if (below !== undefined) return below;
  }
  const keywords = Object.entries(schema).filter(
    ([keyword]) =>
      !["properties", "enum", "const", "default", "examples", "example", "required"].includes(keyword),
  );
  return findFirstIllegalKey(keywords.map(([, inner]) => inner));
}

function findFirstIllegalKey(schemas: readonly unknown[]): string | undefined {
  for (const schema of schemas) {
    const key = findIllegalKey(schema);
    if (key !== undefined) return key;
  }
  return undefined;
}
