/** Tool definitions: Bedrock's own rule on the root, and Claude's on everything below it. */
import Ajv2020 from "ajv/dist/2020";
import { first, toolSpecs } from "./check-constraints.ts";
import type { Family } from "./families.ts";
import { invalid, isRecord, type Json, modelSays, type Refusal } from "./refusal.ts";

const PROPERTY_KEY = /^[a-zA-Z0-9_.-]{1,64}$/;
const validator = new Ajv2020({ strict: false, validateFormats: false, logger: false });

export function checkTools(body: Json, family: Family): Refusal | undefined {
  const specs = toolSpecs(body);
  const roots = () =>
    first(
      specs.map(
        (spec, index) => () =>
          schemaOf(spec).type === "object"
            ? undefined
            : invalid(
                `The value at toolConfig.tools.${index}.toolSpec.inputSchema.json.type must be one of the following: object.`,
              ),
      ),
    );
  return first([roots, () => checkNames(specs), ...(family.claude ? [() => checkClaude(specs)] : [])]);
}

function checkNames(specs: readonly Json[]): Refusal | undefined {
  const names = specs.map((spec) => spec.name);
  return new Set(names).size === names.length ? undefined : modelSays("tools: Tool names must be unique.");
}

function checkClaude(specs: readonly Json[]): Refusal | undefined {
  return first(
    specs.map((spec, index) => () => {
      const path = `tools.${index}.custom.input_schema`;
      const schema = schemaOf(spec);
      if (["oneOf", "anyOf", "allOf"].some((keyword) => keyword in schema))
        return modelSays(`${path}: input_schema does not support oneOf, allOf, or anyOf at the top level`);
      const key = illegalKey(schema);
      if (key !== undefined)
        return modelSays(`${path}.properties: Property keys should match pattern '${PROPERTY_KEY.source}'`);
      return isDraft2020(schema)
        ? undefined
        : modelSays(
            `${path}: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.claude.com/en/docs/tool-use.`,
          );
    }),
  );
}

function schemaOf(spec: Json): Json {
  return isRecord(spec.inputSchema) && isRecord(spec.inputSchema.json) ? spec.inputSchema.json : {};
}

/** Valid against the meta-schema, and every `$ref` found inside it. */
export function isDraft2020(schema: Json): boolean {
  if (validator.validateSchema(schema) !== true) return false;
  return references(schema).every((reference) => resolves(schema, reference));
}

function references(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner] : references(inner),
  );
}

function resolves(schema: Json, reference: string): boolean {
  if (!reference.startsWith("#")) return false;
  let at: unknown = schema;
  for (const step of reference.slice(1).split("/").slice(1)) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    at = isRecord(at) ? at[key] : Array.isArray(at) ? at[Number(key)] : undefined;
  }
  return at !== undefined;
}

/** A key of some `properties` that Claude refuses, at any depth. */
function illegalKey(schema: unknown): string | undefined {
  if (Array.isArray(schema)) return firstKey(schema);
  if (!isRecord(schema)) return undefined;
  if (isRecord(schema.properties)) {
    const wrong = Object.keys(schema.properties).find((key) => !PROPERTY_KEY.test(key));
    if (wrong !== undefined) return wrong;
    const below = firstKey(Object.values(schema.properties));
    if (below !== undefined) return below;
  }
  const keywords = Object.entries(schema).filter(
    ([keyword]) =>
      !["properties", "enum", "const", "default", "examples", "example", "required"].includes(keyword),
  );
  return firstKey(keywords.map(([, inner]) => inner));
}

function firstKey(schemas: readonly unknown[]): string | undefined {
  for (const schema of schemas) {
    const key = illegalKey(schema);
    if (key !== undefined) return key;
  }
  return undefined;
}
