/**
 * Reads Schema Objects of OpenAPI 2.0, 3.0 and 3.1 (https://spec.openapis.org/oas/v3.1.1.html#schema-object) as JSON
 * Schema draft 2020-12 for requests. Schemas are read when an operation needs them. Subtrees that need no change are
 * shared with the document, not copied.
 */
import type { JsonSchema } from "../../chat/types.ts";
import type { LoadedDocument } from "../document/library.ts";
import { OperationError } from "../document/operation-error.ts";
import { isReference, type References } from "../document/reference.ts";
import { isObject, type JsonObject } from "../document/value.ts";
import { type Component, infiniteRecursionError } from "./component.ts";
import { Components } from "./components.ts";
import { applyDiscriminator, createBranchResolver } from "./discriminator.ts";
import { normalizeKeywordValue } from "./keyword-values.ts";
import { definitionName } from "./measure.ts";
import { openMissingParts } from "./missing-part.ts";
import { allowNull, isNullable, NULLABLE_KEYWORDS } from "./nullable.ts";
import { type AllOfReader, readAllOf } from "./read-all-of.ts";
import type { ReadLimits } from "./read-limits.ts";
import { isReadOnly } from "./read-only.ts";
import { childContext, inPlaceContext, type SchemaContext } from "./schema-context.ts";
import { IN_PLACE_APPLICATORS, KEYWORDS } from "./schema-keywords.ts";
import {
  applyOlderKeywords,
  isAnnotation,
  isSchema,
  lacksType,
  omitRequired,
  omitType,
  refersToAny,
  type SchemaDraft,
  toSchemaObject,
} from "./schema-shape.ts";
import { readTuple } from "./tuple.ts";
import { alignTypeWithValues, hasMisleadingObjectType, isConsistent } from "./type-from-values.ts";

/** Reads the schemas of one API description. */
export class SchemaReader implements AllOfReader {
  readonly components: Components;
  readonly #limits: ReadLimits;
  readonly #readOnlyNames = new WeakMap<object, ReadonlySet<string>>();

  constructor(references: References, limits: ReadLimits) {
    this.#limits = limits;
    this.components = new Components(references);
  }

  /**
   * Reads the schema of a parameter or body. A reference at the root is replaced by its target, so that the result
   * always has keywords of its own.
   * @throws OperationError when it is nested too deeply, or consists of references that lead back to it.
   */
  readRoot(value: unknown, document: LoadedDocument): JsonSchema {
    let schema = toSchemaObject(this.readSchema(value, { document, depth: 0, ancestors: [] }));
    const visited = new Set<Component>();
    for (let name = definitionName(schema.$ref); name !== undefined; name = definitionName(schema.$ref)) {
      const { $ref: _, ...siblings } = schema;
      const component = this.components.find(name);
      if (component === undefined || !isAnnotation(siblings)) break;
      if (visited.has(component)) throw infiniteRecursionError(component);
      visited.add(component);
      const target = this.define(component);
      schema = Object.keys(siblings).length === 0 ? target : { ...target, ...siblings };
    }
    return schema;
  }

  /**
   * Returns the schema of a component; reads it on the first call.
   * @throws OperationError when it is nested too deeply.
   */
  define(component: Component, depth = 0, ancestors: readonly Component[] = []): JsonSchema {
    if (component.state === "failed") throw new OperationError(component.failure);
    if (component.state !== "pending") return component.schema;
    component.state = "reading";
    const { value, document } = component.located;
    try {
      const { omitsSubtypes } = component;
      const scope = this.components.scopes.enterDocument(component.scope, document);
      const path = [...ancestors, component];
      const context = { document, depth: depth + 1, ancestors: path, omitsSubtypes, scope };
      component.schema = toSchemaObject(this.readSchema(value, context));
      component.readOnlyProperties =
        this.#readOnlyNames.get(component.schema) ?? component.readOnlyProperties;
      component.state = "read";
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      component.state = "failed";
      component.failure = error.message;
      throw error;
    }
    return component.schema;
  }

  readOnlyNamesOf(schema: JsonSchema): ReadonlySet<string> {
    return this.#readOnlyNames.get(schema) ?? NO_NAMES;
  }

  /**
   * Reads a schema at its position in a document. A reference that leads nowhere accepts any value, with a warning.
   * @throws OperationError when it is nested too deeply.
   * @throws DocumentError when the description exceeds its limits.
   */
  readSchema(value: unknown, outer: SchemaContext): JsonSchema | boolean {
    if (typeof value === "boolean") return value;
    if (!isObject(value)) return {};
    const context = this.components.enter(value, outer);
    this.#limits.enterSchema(context);
    if (isReference(value) && (context.document.openApiVersion !== "3.1" || Object.keys(value).length === 1))
      return this.#readReference(value, context);

    const draft: SchemaDraft = {};
    const readOnlyNames = new Set<string>();
    const isUnchanged = this.#readKeywords(value, draft, readOnlyNames, context);
    if (isUnchanged && !DEPENDENT_KEYWORDS.some((keyword) => keyword in value) && isConsistent(draft))
      return value;
    return this.#applyCombinedRules(value, draft, readOnlyNames, context);
  }

  /** Ignores the fields next to the reference, except for those that allow null: generators rely on them. */
  #readReference(value: JsonObject & { readonly $ref: string }, context: SchemaContext): JsonSchema {
    const reference = this.components.resolveOrWarn(value.$ref, context)?.reference;
    if (reference === undefined) return ANYTHING;
    return isNullable(value) ? allowNull(reference) : reference;
  }

  /** Fills `draft` keyword by keyword. Returns true when nothing had to change. */
  #readKeywords(
    value: JsonObject,
    draft: SchemaDraft,
    readOnlyNames: Set<string>,
    context: SchemaContext,
  ): boolean {
    let isUnchanged = true;
    for (const keyword of Object.keys(value)) {
      const normalized = this.#readKeyword(keyword, value[keyword], readOnlyNames, context);
      if (normalized !== value[keyword]) isUnchanged = false;
      if (normalized !== undefined) draft[keyword === "$dynamicRef" ? "$ref" : keyword] = normalized;
    }
    return isUnchanged;
  }

  #readKeyword(keyword: string, value: unknown, readOnlyNames: Set<string>, context: SchemaContext): unknown {
    const kind = KEYWORDS.get(keyword);
    if (kind === undefined) return undefined;
    const inner = IN_PLACE_APPLICATORS.has(keyword) ? inPlaceContext(context) : childContext(context);
    switch (kind) {
      case "reference":
        return typeof value === "string"
          ? this.components.resolveOrWarn(value, context, keyword)?.reference.$ref
          : undefined;
      case "schema":
        return isSchema(value) ? this.#readSubschema(keyword, value, inner) : undefined;
      case "items":
        return Array.isArray(value) || !isSchema(value) ? undefined : this.readSchema(value, inner);
      case "schemas":
        return Array.isArray(value) && value.length > 0 ? this.#readList(value, inner) : undefined;
      case "branches":
        return this.#readBranches(value, inner);
      case "schemaMap":
        return isObject(value) ? this.#readMap(value, inner) : undefined;
      case "properties":
        return isObject(value) ? this.#readProperties(value, readOnlyNames, inner) : undefined;
      default:
        return normalizeKeywordValue(kind, value);
    }
  }

  /** Returns undefined for `not` and `if` with an unknown schema: what accepts anything would constrain there. */
  #readSubschema(keyword: string, value: unknown, context: SchemaContext): JsonSchema | boolean | undefined {
    const schema = this.readSchema(value, context);
    return schema === ANYTHING && (keyword === "not" || keyword === "if") ? undefined : schema;
  }

  #readList(list: readonly unknown[], context: SchemaContext): readonly unknown[] {
    const schemas = list.map((entry) => this.readSchema(entry, context));
    return schemas.every((entry, index) => entry === list[index]) ? list : schemas;
  }

  /** Leaves out branches that are the schema itself: they add no alternative. */
  #readBranches(value: unknown, context: SchemaContext): readonly unknown[] | undefined {
    if (!Array.isArray(value)) return undefined;
    const branches = this.#readList(value, context);
    const remaining = branches.filter((branch) => !refersToAny(branch, context.ancestors));
    if (remaining.length === 0) return undefined;
    return remaining.length === branches.length ? branches : remaining;
  }

  #readMap(map: JsonObject, context: SchemaContext): JsonObject {
    const entries = Object.entries(map).map(
      ([name, entry]) => [name, this.readSchema(entry, context)] as const,
    );
    return entries.every(([name, entry]) => entry === map[name]) ? map : Object.fromEntries(entries);
  }

  /** Leaves out read-only properties and adds their names to `readOnlyNames`. */
  #readProperties(map: JsonObject, readOnlyNames: Set<string>, context: SchemaContext): JsonObject {
    const writable = Object.entries(map).filter(([name, property]) => {
      if (!isReadOnly(property, context.document, this.components)) return true;
      readOnlyNames.add(name);
      return false;
    });
    return this.#readMap(
      writable.length === Object.keys(map).length ? map : Object.fromEntries(writable),
      context,
    );
  }

  /** Applies the rules that depend on more than one keyword. */
  #applyCombinedRules(
    value: JsonObject,
    draft: SchemaDraft,
    readOnlyNames: Set<string>,
    context: SchemaContext,
  ): JsonSchema {
    openMissingParts(value, draft, this.components, context);
    applyOlderKeywords(value, draft);
    readTuple(this, value, draft, context);
    let schema: JsonSchema = applyDiscriminator(
      value,
      draft,
      createBranchResolver(this.components, value, context),
    );
    if (Array.isArray(value.allOf)) schema = readAllOf(this, schema, value.allOf, readOnlyNames, context);
    if (lacksType(schema))
      schema = {
        type: schema.items === undefined && schema.prefixItems === undefined ? "object" : "array",
        ...schema,
      };
    schema = alignTypeWithValues(hasMisleadingObjectType(schema) ? omitType(schema) : schema);
    if (isNullable(value)) schema = allowNull(schema);
    if (readOnlyNames.size > 0) {
      schema = omitRequired(schema, readOnlyNames);
      this.#readOnlyNames.set(schema, readOnlyNames);
    }
    return schema;
  }
}

/** The schema in place of one that is missing. */
const ANYTHING: JsonSchema = Object.freeze({});
const NO_NAMES: ReadonlySet<string> = new Set();
const DEPENDENT_KEYWORDS = ["allOf", ...NULLABLE_KEYWORDS, "example", "discriminator", "additionalItems"];
