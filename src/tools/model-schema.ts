import type { JsonSchema } from "../chat/types.ts";
import { shortened } from "./description.ts";
import { type PropertyKeys, renameKeys } from "./property-keys.ts";
import { inDoubles, isRecord, localReference } from "./schema.ts";

/**
 * Rewrites the schemas of one tool for the model: legal keys, short descriptions, nothing that only documentation
 * tools read, no read-only properties. Definitions are rewritten as they are first referred to.
 */
export class ModelSchemas {
  readonly #definitions: Readonly<Record<string, JsonSchema>>;
  readonly #keys: PropertyKeys;
  readonly #limit: number;
  readonly #names = new Map<string, string>();
  readonly #written = new Map<string, JsonSchema>();

  constructor(
    definitions: Readonly<Record<string, JsonSchema>>,
    keys: PropertyKeys,
    descriptionLimit: number,
  ) {
    this.#definitions = definitions;
    this.#keys = keys;
    this.#limit = descriptionLimit;
  }

  /** The definitions that the schemas written so far need. */
  get definitions(): Record<string, JsonSchema> {
    return Object.fromEntries(this.#written);
  }

  write(schema: JsonSchema): JsonSchema {
    const result: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (DROPPED.has(keyword) || keyword.startsWith("x-")) continue;
      const rewritten = this.#keyword(keyword, value, schema);
      if (rewritten !== undefined) result[keyword] = rewritten;
    }
    return result;
  }

  #keyword(keyword: string, value: unknown, schema: JsonSchema): unknown {
    if (keyword === "$ref") return this.#reference(schema);
    if (keyword === "description") return typeof value === "string" ? this.#description(value) : undefined;
    if (keyword === "properties") return this.#properties(value);
    if (keyword === "required") return this.#required(value, schema);
    if (keyword === "dependentRequired") return renameKeys(value, (key) => this.#keys.legal(key));
    if (SCHEMA.has(keyword)) return this.#schema(value);
    if (SCHEMA_LIST.has(keyword))
      return Array.isArray(value) ? value.map((entry) => this.#schema(entry)) : undefined;
    if (SCHEMA_MAP.has(keyword)) return this.#schemaMap(keyword, value);
    if (keyword === "examples" && !Array.isArray(value)) return undefined;
    if (keyword === "example" || keyword === "examples") return helpfulExample(value, schema, this.#keys);
    if (DATA.has(keyword)) return inDoubles(renameKeys(value, (key) => this.#keys.legal(key)));
    return typeof value === "bigint" ? Number(value) : value;
  }

  #schema(value: unknown): unknown {
    return isRecord(value) ? this.write(value) : value;
  }

  #schemaMap(keyword: string, value: unknown): unknown {
    if (!isRecord(value)) return undefined;
    const legal = (key: string) => (keyword === "patternProperties" ? key : this.#keys.legal(key));
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [legal(key), this.#schema(inner)]));
  }

  #properties(value: unknown): unknown {
    if (!isRecord(value)) return undefined;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, property]) => !this.isReadOnly(property))
        .map(([key, property]) => [this.#keys.legal(key), this.#schema(property)]),
    );
  }

  #required(value: unknown, schema: JsonSchema): unknown {
    if (!Array.isArray(value)) return undefined;
    const properties = isRecord(schema.properties) ? schema.properties : {};
    const names = value
      .filter((name) => typeof name === "string")
      .filter((name) => !(Object.hasOwn(properties, name) && this.isReadOnly(properties[name])))
      .map((name) => this.#keys.legal(name));
    return names.length > 0 ? [...new Set(names)] : undefined;
  }

  /** Only the API sets it: `readOnly`, on the property or on what it refers to. */
  isReadOnly(property: unknown): boolean {
    if (!isRecord(property)) return false;
    if (property.readOnly === true) return true;
    const name = localReference(property, this.#definitions);
    return name !== undefined && this.#definitions[name]?.readOnly === true;
  }

  #description(text: string): string | undefined {
    return shortened(text, this.#limit) || undefined;
  }

  #reference(schema: JsonSchema): string | undefined {
    const name = localReference(schema, this.#definitions);
    const target = name === undefined ? undefined : this.#definitions[name];
    if (name === undefined || target === undefined) return undefined;
    const known = this.#names.get(name);
    if (known !== undefined) return `#/$defs/${known}`;
    const legal = this.#definitionName(name);
    this.#names.set(name, legal);
    // Held before it is written: a recursive schema refers to itself.
    this.#written.set(legal, {});
    this.#written.set(legal, this.write(target));
    return `#/$defs/${legal}`;
  }

  #definitionName(name: string): string {
    const legal = name.replace(/[^a-zA-Z0-9_.-]+/g, "_").slice(0, 60) || "schema";
    let unique = legal;
    for (let round = 2; this.#written.has(unique); round++) unique = `${legal}_${round}`;
    return unique;
  }
}

/** Of no use to a model, or against the rules of those who check. */
const DROPPED = new Set([
  "xml",
  "externalDocs",
  "discriminator",
  "readOnly",
  "writeOnly",
  "nullable",
  "title",
  "deprecated",
  "$id",
  "$schema",
  "$comment",
  "$anchor",
  "$dynamicAnchor",
  "$vocabulary",
  "$defs",
  "definitions",
]);
const SCHEMA = new Set([
  "items",
  "additionalProperties",
  "not",
  "if",
  "then",
  "else",
  "contains",
  "propertyNames",
  "unevaluatedItems",
  "unevaluatedProperties",
  "contentSchema",
]);
const SCHEMA_LIST = new Set(["oneOf", "anyOf", "allOf", "prefixItems"]);
const SCHEMA_MAP = new Set(["patternProperties", "dependentSchemas"]);
const DATA = new Set(["default", "enum", "const"]);

const EXAMPLE_LENGTH = 120;

/** An example helps where the schema leaves the form open; it is kept when it is short. */
function helpfulExample(value: unknown, schema: JsonSchema, keys: PropertyKeys): unknown {
  if (schema.enum !== undefined || schema.const !== undefined || schema.type === "boolean") return undefined;
  const example = inDoubles(value);
  const isShort = (JSON.stringify(example) ?? "").length <= EXAMPLE_LENGTH;
  return isShort ? renameKeys(example, (key) => keys.legal(key)) : undefined;
}
