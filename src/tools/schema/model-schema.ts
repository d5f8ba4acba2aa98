import type { JsonSchema } from "../../chat/types.ts";
import { shortened } from "./description.ts";
import { helpfulExample, helpfulExamples } from "./helpful-example.ts";
import { TREATMENT } from "./keyword-treatment.ts";
import { type PropertyKeys, renameKeys } from "./property-keys.ts";
import { withRequiredProperties } from "./required-properties.ts";
import { inDoubles, isRecord, localReference } from "./schema.ts";

/**
 * About 10,000 tokens of definitions for one tool. Documents that lead from anywhere to everywhere, through recursion or
 * not, would fill a model's whole context with one tool; a reference itself stays, since unrolled it would be longer.
 */
const MOST_CHARACTERS = 36_000;
/** A definition that is told whole wherever it stands: a choice of words, a number. */
const SMALL = 300;

/**
 * Rewrites the schemas of one tool for the model: legal keys, short descriptions, nothing that only documentation
 * tools read, no read-only properties. Definitions are rewritten nearest first, as long as there is room: of those that
 * are further away the model is told the type, and their values pass as it writes them.
 */
export class ModelSchemas {
  readonly #definitions: Readonly<Record<string, JsonSchema>>;
  readonly #keys: PropertyKeys;
  readonly #limit: number;
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** Referred to, in this order. */
  readonly #wanted = new Set<string>();
  readonly #written = new Map<string, JsonSchema>();
  readonly #readOnly: "hidden" | "shown";
  #left = MOST_CHARACTERS;

  /** `readOnly`: what becomes of properties marked so. To an API they are its own; elsewhere the word is about types. */
  constructor(
    definitions: Readonly<Record<string, JsonSchema>>,
    keys: PropertyKeys,
    descriptionLimit: number,
    readOnly: "hidden" | "shown" = "hidden",
  ) {
    this.#definitions = definitions;
    this.#keys = keys;
    this.#limit = descriptionLimit;
    this.#readOnly = readOnly;
  }

  /** The definitions that the schemas written so far need. */
  get definitions(): Record<string, JsonSchema> {
    for (const name of this.#wanted) {
      const legal = this.#names.get(name);
      const target = this.#definitions[name];
      if (legal === undefined || target === undefined || this.#written.has(legal)) continue;
      this.#written.set(legal, this.#fitting(target) ?? this.#outline(target));
    }
    return Object.fromEntries(this.#written);
  }

  /** Undefined when there is no room for it; what it alone refers to is not wanted then. */
  #fitting(definition: JsonSchema): JsonSchema | undefined {
    const known = lengths.get(definition);
    if (known !== undefined && known > Math.max(this.#left, SMALL)) return undefined;
    const before = this.#wanted.size;
    const written = this.write(definition);
    const length = known ?? JSON.stringify(written).length;
    lengths.set(definition, length);
    if (length <= Math.max(this.#left, SMALL)) {
      this.#left -= length;
      return written;
    }
    for (const name of [...this.#wanted].slice(before)) {
      this.#wanted.delete(name);
      this.#taken.delete(this.#names.get(name) ?? "");
      this.#names.delete(name);
    }
    return undefined;
  }

  #outline({ type, description }: JsonSchema): JsonSchema {
    return this.write({
      ...(type !== undefined && { type }),
      ...(description !== undefined && { description }),
    });
  }

  write(schema: JsonSchema): JsonSchema {
    return this.#write(withRequiredProperties(schema));
  }

  #write(schema: JsonSchema): JsonSchema {
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
        return IN_PLACE.has(keyword) ? this.#part(value) : this.#schema(value);
      case "schemas":
        return Array.isArray(value) ? value.map((entry) => this.#part(entry)) : undefined;
      case "schemaMap":
        return this.#schemaMap(keyword, value);
      case "examples":
        return Array.isArray(value) ? helpfulExamples(value, schema, this.#keys) : undefined;
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

  /** What a part requires may be described beside it. */
  #part(value: unknown): unknown {
    return isRecord(value) ? this.#write(value) : value;
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
    if (!isRecord(property) || this.#readOnly === "shown") return false;
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
    this.#taken.add(legal);
    this.#wanted.add(name);
    return `#/$defs/${legal}`;
  }

  #definitionName(name: string): string {
    const legal = name.replace(/[^a-zA-Z0-9_.-]+/g, "_").slice(0, 60) || "schema";
    let unique = legal;
    for (let round = 2; this.#taken.has(unique); round++) unique = `${legal}_${round}`;
    return unique;
  }
}

/** Characters of definitions as they were first written: operations share them, and a description has one limit. */
const lengths = new WeakMap<JsonSchema, number>();

const IN_PLACE = new Set(["not", "if", "then", "else"]);
