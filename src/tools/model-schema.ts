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
    for (const keyword of Object.keys(schema)) {
      const rewritten = this.#keyword(keyword, schema[keyword], schema);
      if (rewritten !== undefined) result[keyword] = rewritten;
    }
    return result;
  }

  #keyword(keyword: string, value: unknown, schema: JsonSchema): unknown {
    switch (TREATMENT.get(keyword)) {
      case "drop":
        return undefined;
      case "reference":
        return this.#reference(schema);
      case "text":
        return typeof value === "string" ? this.#description(value) : undefined;
      case "properties":
        return this.#properties(value);
      case "required":
        return this.#required(value, schema);
      case "schema":
        return this.#schema(value);
      case "schemas":
        return Array.isArray(value) ? value.map((entry) => this.#schema(entry)) : undefined;
      case "schemaMap":
        return this.#schemaMap(keyword, value);
      case "examples":
        return Array.isArray(value) ? helpfulExample(value, schema, this.#keys) : undefined;
      case "dependents":
        return this.#dependents(value);
      case "example":
        return helpfulExample(value, schema, this.#keys);
      case "data":
        return inDoubles(renameKeys(value, (key) => this.#keys.legal(key)));
      default:
        if (keyword.startsWith("x-")) return undefined;
        return typeof value === "bigint" ? Number(value) : value;
    }
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

  #dependents(value: unknown): unknown {
    if (!isRecord(value)) return undefined;
    const names = (list: unknown) =>
      Array.isArray(list) ? list.map((name) => this.#keys.legal(String(name))) : [];
    return Object.fromEntries(
      Object.entries(value).map(([key, list]) => [this.#keys.legal(key), names(list)]),
    );
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

type Treatment =
  | "drop"
  | "reference"
  | "text"
  | "properties"
  | "required"
  | "schema"
  | "schemas"
  | "schemaMap"
  | "examples"
  | "example"
  | "dependents"
  | "data";

/** What is not named here stays as it is. Dropped: what is of no use to a model, or against the rules of those who check. */
const KEYWORDS: Readonly<Record<Treatment, string>> = {
  drop: "xml externalDocs discriminator readOnly writeOnly nullable title deprecated $id $schema $comment $anchor $dynamicAnchor $vocabulary $defs definitions",
  reference: "$ref",
  text: "description",
  properties: "properties",
  required: "required",
  schema:
    "items additionalProperties not if then else contains propertyNames unevaluatedItems unevaluatedProperties contentSchema",
  schemas: "oneOf anyOf allOf prefixItems",
  schemaMap: "patternProperties dependentSchemas",
  examples: "examples",
  example: "example",
  dependents: "dependentRequired",
  data: "default enum const",
};

const TREATMENT: ReadonlyMap<string, Treatment> = new Map(
  (Object.keys(KEYWORDS) as Treatment[]).flatMap((treatment) =>
    KEYWORDS[treatment].split(" ").map((keyword) => [keyword, treatment] as const),
  ),
);

const EXAMPLE_LENGTH = 120;

/** An example helps where the schema leaves the form open; it is kept when it is short. */
function helpfulExample(value: unknown, schema: JsonSchema, keys: PropertyKeys): unknown {
  if (schema.enum !== undefined || schema.const !== undefined || schema.type === "boolean") return undefined;
  const example = inDoubles(value);
  const isShort = (JSON.stringify(example) ?? "").length <= EXAMPLE_LENGTH;
  return isShort ? renameKeys(example, (key) => keys.legal(key)) : undefined;
}
