/** Rewrites the schemas of a document for the model. */
import type { JsonSchema } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { shorten } from "./description.ts";
import { describeFileSlot } from "./file-schema.ts";
import { treatmentOf } from "./keyword-treatment.ts";
import type { BodyKind } from "./media-type.ts";
import { type PropertyKeys, renameKeys } from "./property-keys.ts";
import { declareRequiredProperties } from "./required-properties.ts";
import { getDefinitionName, isRecord, withTarget } from "./schema.ts";
import {
  appendValueNames,
  composeDescription,
  createUniqueName,
  explainAlias,
  outlineSchema,
} from "./schema-texts.ts";
import {
  type ExampleContext,
  listObjectExamples,
  renameExample,
  selectExample,
  selectExamples,
  withExamplesOf,
} from "./select-example.ts";

/**
 * The maximum length of one tool's definitions in characters, about 10,000 tokens. In documents whose schemas refer to
 * each other widely, a single tool would otherwise fill the model's context window.
 */
const MAX_DEFINITIONS_LENGTH = 36_000;
/** The length in characters up to which a definition is always written completely, such as an enum. */
const SMALL_DEFINITION_LENGTH = 300;

/**
 * Rewrites the schemas of one tool for the model: legal keys, short descriptions, no documentation keywords and no
 * read-only properties. Definitions are rewritten nearest first until the size limit. The others are reduced to their
 * type and description, and accept any value of that type.
 */
export class ModelSchemaWriter {
  readonly #definitions: Readonly<Record<string, JsonSchema>>;
  readonly #keys: PropertyKeys;
  readonly #descriptionLimit: number;
  readonly #legalNames = new Map<string, string>();
  readonly #usedNames = new Set<string>();
  /** Names of referenced definitions, in order of their first reference. */
  readonly #referenced = new Set<string>();
  readonly #written = new Map<string, JsonSchema>();
  readonly #readOnly: "hidden" | "shown";
  readonly #exampleContext: ExampleContext;
  #remaining = MAX_DEFINITIONS_LENGTH;
  #bodyKind: BodyKind | undefined;

  /**
   * @param readOnly `hidden` for operations, where only the API sets such properties. In other schemas the keyword
   * describes types.
   */
  constructor(
    definitions: Readonly<Record<string, JsonSchema>>,
    keys: PropertyKeys,
    descriptionLimit: number,
    readOnly: "hidden" | "shown" = "hidden",
  ) {
    this.#definitions = definitions;
    this.#keys = keys;
    this.#exampleContext = { keys, definitions };
    this.#descriptionLimit = descriptionLimit;
    this.#readOnly = readOnly;
  }

  /** Returns the definitions that the schemas written so far refer to, directly or indirectly. */
  get definitions(): Record<string, JsonSchema> {
    for (const name of this.#referenced) {
      const legal = this.#legalNames.get(name);
      const target = this.#definitions[name];
      if (legal === undefined || target === undefined || this.#written.has(legal)) continue;
      this.#written.set(legal, this.#writeIfFits(target) ?? this.write(outlineSchema(target)));
    }
    return Object.fromEntries(this.#written);
  }

  /** Rewrites a definition. When it exceeds the size limit, returns undefined and forgets what only it refers to. */
  #writeIfFits(definition: JsonSchema): JsonSchema | undefined {
    const knownLength = definitionLengths.get(definition);
    if (knownLength !== undefined && knownLength > Math.max(this.#remaining, SMALL_DEFINITION_LENGTH))
      return undefined;
    const before = this.#referenced.size;
    const written = this.write(definition);
    const length = knownLength ?? stringifyJson(written).length;
    definitionLengths.set(definition, length);
    if (length <= Math.max(this.#remaining, SMALL_DEFINITION_LENGTH)) {
      this.#remaining -= length;
      return written;
    }
    for (const name of [...this.#referenced].slice(before)) {
      this.#referenced.delete(name);
      this.#usedNames.delete(this.#legalNames.get(name) ?? "");
      this.#legalNames.delete(name);
    }
    return undefined;
  }

  write(schema: JsonSchema, name?: string): JsonSchema {
    return this.#write(declareRequiredProperties(schema), name);
  }

  /** Returns the examples of a schema that are not longer than `limit` together. */
  writeExamples(values: readonly unknown[], schema: JsonSchema, limit: number): unknown {
    return selectExamples(values, schema, { ...this.#exampleContext, limit });
  }

  /**
   * Rewrites a schema of a body. From then on, definitions describe files as such a body carries them. A form takes
   * precedence over other bodies.
   */
  writeBody(schema: JsonSchema, kind: BodyKind, name?: string): JsonSchema {
    if (this.#bodyKind !== "multipart") this.#bodyKind = kind;
    return this.write(schema, name);
  }

  #write(schema: JsonSchema, name?: string): JsonSchema {
    const file =
      this.#bodyKind &&
      describeFileSlot(schema, this.#bodyKind, this.#definitions, (text) => this.#shortenDescription(text));
    if (file) return file;
    const result: Record<string, unknown> = {};
    for (const keyword of Object.keys(schema)) {
      const rewritten = this.#rewriteKeyword(keyword, schema[keyword], schema);
      if (rewritten !== undefined) result[keyword] = rewritten;
    }
    const text = composeDescription(schema, name);
    const short = typeof text === "string" ? this.#shortenDescription(text) : undefined;
    const description = appendValueNames(short, short ? withTarget(schema, this.#definitions) : schema);
    if (description === undefined) delete result.description;
    return description === undefined ? result : { ...result, description };
  }

  #rewriteKeyword(keyword: string, value: unknown, schema: JsonSchema): unknown {
    switch (treatmentOf(keyword, value)) {
      case "drop":
        return undefined;
      case "reference":
        return this.#rewriteReference(schema);
      case "text":
        return typeof value === "string" ? value : undefined;
      case "properties":
        return this.#rewriteProperties(value, schema);
      case "required":
        return this.#rewriteRequired(value, schema);
      case "schema":
        return IN_PLACE_KEYWORDS.has(keyword) ? this.#rewritePart(value) : this.#rewriteSchema(value);
      case "schemas":
        return Array.isArray(value) ? value.map((entry) => this.#rewritePart(entry)) : undefined;
      case "schemaMap":
        return this.#rewriteSchemaMap(keyword, value);
      case "examples":
        return Array.isArray(value) ? selectExamples(value, schema, this.#exampleContext) : undefined;
      case "dependents":
        return this.#rewriteDependents(value);
      case "example":
        return selectExample(value, schema, this.#exampleContext);
      case "data":
        return keyword === "default"
          ? renameExample(value, schema, this.#exampleContext)
          : renameKeys(value, (key) => this.#keys.toLegalKey(key));
      default:
        return value;
    }
  }

  #rewriteSchema(value: unknown, name?: string): unknown {
    return isRecord(value) ? this.write(value, name) : value;
  }

  /** Rewrites a subschema whose required properties can be declared in its parent. */
  #rewritePart(value: unknown): unknown {
    return isRecord(value) ? this.#write(value) : value;
  }

  #rewriteSchemaMap(keyword: string, value: unknown): unknown {
    if (!isRecord(value)) return undefined;
    const legal = (key: string) => (keyword === "patternProperties" ? key : this.#keys.toLegalKey(key));
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [legal(key), this.#rewriteSchema(inner)]),
    );
  }

  #rewriteProperties(value: unknown, schema: JsonSchema): unknown {
    if (!isRecord(value)) return undefined;
    const examples = listObjectExamples(schema);
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, property]) => !this.isReadOnly(property))
        .map(([key, property]) => {
          const legal = this.#keys.toLegalKey(key);
          const written = this.#rewriteSchema(withExamplesOf(key, property, examples), key);
          return [legal, explainAlias(written, legal, key)];
        }),
    );
  }

  #rewriteRequired(value: unknown, schema: JsonSchema): unknown {
    if (!Array.isArray(value)) return undefined;
    const properties = isRecord(schema.properties) ? schema.properties : {};
    const names = value
      .filter((name) => typeof name === "string")
      .filter((name) => !(Object.hasOwn(properties, name) && this.isReadOnly(properties[name])))
      .map((name) => this.#keys.toLegalKey(name));
    return names.length > 0 ? [...new Set(names)] : undefined;
  }

  #rewriteDependents(value: unknown): unknown {
    if (!isRecord(value)) return undefined;
    const names = (list: unknown) =>
      Array.isArray(list) ? list.map((name) => this.#keys.toLegalKey(String(name))) : [];
    return Object.fromEntries(
      Object.entries(value).map(([key, list]) => [this.#keys.toLegalKey(key), names(list)]),
    );
  }

  /** Checks for `readOnly` on a property or on the definition that it refers to. */
  isReadOnly(property: unknown): boolean {
    if (!isRecord(property) || this.#readOnly === "shown") return false;
    if (property.readOnly === true) return true;
    const name = getDefinitionName(property, this.#definitions);
    return name !== undefined && this.#definitions[name]?.readOnly === true;
  }

  #shortenDescription(text: string): string | undefined {
    return shorten(text, this.#descriptionLimit) || undefined;
  }

  #rewriteReference(schema: JsonSchema): string | undefined {
    const name = getDefinitionName(schema, this.#definitions);
    const target = name === undefined ? undefined : this.#definitions[name];
    if (name === undefined || target === undefined) return undefined;
    const known = this.#legalNames.get(name);
    if (known !== undefined) return `#/$defs/${known}`;
    const legal = createUniqueName(name, this.#usedNames);
    this.#legalNames.set(name, legal);
    this.#usedNames.add(legal);
    this.#referenced.add(name);
    return `#/$defs/${legal}`;
  }
}

/** Definition → its rewritten length in characters. Operations share definitions and the description limit. */
const definitionLengths = new WeakMap<JsonSchema, number>();

const IN_PLACE_KEYWORDS = new Set(["not", "if", "then", "else"]);
