/**
 * https://spec.openapis.org/oas/v3.1.1.html#schema-object, and 3.0's and 2.0's: any of them becomes JSON Schema draft
 * 2020-12 as a request needs it. Read one by one, when an operation asks; a subtree that needs no change is shared with
 * the document, not copied.
 */
import type { JsonSchema } from "../../chat/types.ts";
import { DocumentError } from "../../errors.ts";
import type { LoadedDocument } from "../document/library.ts";
import { OperationError } from "../document/operation-problem.ts";
import { isReference, type References } from "../document/reference.ts";
import { isObject, type JsonObject } from "../document/value.ts";
import { mergeAllOf } from "./all-of.ts";
import { alignTypeWithValues, hasMisleadingObjectType, typeAllowsValues } from "./choices.ts";
import { type Component, Components, measureComponent } from "./components.ts";
import { applyDiscriminator, type BranchResolver, resolveMapping } from "./discriminator.ts";
import { normalizeKeywordValue } from "./keyword-values.ts";
import { collectMappings } from "./mappings.ts";
import { definitionName } from "./measure.ts";
import { allowNull } from "./nullable.ts";
import { IN_PLACE_APPLICATORS, KEYWORDS } from "./schema-keywords.ts";
import {
  applyExclusiveLimit,
  isAnnotation,
  isSchema,
  lacksType,
  omitBackReferences,
  omitRequired,
  omitType,
  refersToAny,
  type SchemaDraft,
  toSchemaObject,
} from "./schema-shape.ts";

/** Where a schema stands. */
interface SchemaContext {
  readonly document: LoadedDocument;
  readonly depth: number;
  /** The components being read whose value is the very value this schema judges. */
  readonly ancestors: readonly Component[];
  /** It is a part of an `allOf`: a parent that it refers to is meant without its children. */
  readonly isAllOfPart?: boolean;
  /** A parent is being read without its children. */
  readonly omitsSubtypes?: boolean;
}

const MAX_DEPTH = 200;
/** Schemas read for one description; every operation's are read once, so only a hostile document comes near. */
const MAX_SCHEMAS = 3_000_000;
/** A larger component stays a reference in `allOf`: copying it into each of its children could double at every level. */
const MAX_INLINED = 1000;

export class SchemaReader {
  readonly components: Components;
  readonly #readOnlyProperties = new WeakMap<object, ReadonlySet<string>>();
  #schemaCount = 0;

  constructor(references: References) {
    this.components = new Components(references);
  }

  /**
   * A parameter's or body's schema. Never a bare reference at its root: what it would name stands there itself.
   * @throws OperationProblem when a reference in it leads nowhere.
   */
  readRoot(value: unknown, document: LoadedDocument): JsonSchema {
    let schema = toSchemaObject(this.#readSchema(value, { document, depth: 0, ancestors: [] }));
    for (let name = definitionName(schema.$ref); name !== undefined; name = definitionName(schema.$ref)) {
      const { $ref: _, ...siblings } = schema;
      const component = this.components.find(name);
      if (component === undefined || !isAnnotation(siblings)) break;
      const target = this.define(component);
      schema = Object.keys(siblings).length === 0 ? target : { ...target, ...siblings };
    }
    return schema;
  }

  /** @throws OperationProblem when a reference in it leads nowhere. */
  define(component: Component, depth = 0, ancestors: readonly Component[] = []): JsonSchema {
    if (component.state === "failed") throw new OperationError(component.failure);
    if (component.state !== "unread") return component.schema;
    component.state = "reading";
    const { value, document } = component.located;
    try {
      const { omitsSubtypes } = component;
      const context = { document, depth: depth + 1, ancestors: [...ancestors, component], omitsSubtypes };
      component.schema = toSchemaObject(this.#readSchema(value, context));
      component.readOnlyProperties =
        this.#readOnlyProperties.get(component.schema) ?? component.readOnlyProperties;
      component.state = "read";
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      component.state = "failed";
      component.failure = error.message;
      throw error;
    }
    return component.schema;
  }

  #readSchema(value: unknown, context: SchemaContext): JsonSchema | boolean {
    if (typeof value === "boolean") return value;
    if (!isObject(value)) return {};
    this.#schemaCount += 1;
    if (this.#schemaCount > MAX_SCHEMAS)
      throw new DocumentError(context.document.location, `has more than ${MAX_SCHEMAS} schemas`);
    if (context.depth > MAX_DEPTH)
      throw new OperationError(`a schema is nested deeper than ${MAX_DEPTH} levels`);
    if (isReference(value) && (context.document.openApiVersion !== "3.1" || Object.keys(value).length === 1))
      return this.components.resolve(value.$ref, context.document, context.isAllOfPart).reference;

    const draft: SchemaDraft = {};
    const readOnlyNames = new Set<string>();
    const isUnchanged = this.#readKeywords(value, draft, readOnlyNames, context);
    if (isUnchanged && !DEPENDENT_KEYWORDS.some((keyword) => keyword in value) && isConsistent(draft))
      return value;
    return this.#applyCombinedRules(value, draft, readOnlyNames, context);
  }

  /** Fills `draft` keyword by keyword; true when it is what `value` was. */
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
    const childContext = IN_PLACE_APPLICATORS.has(keyword)
      ? { document: context.document, depth: context.depth + 1, ancestors: context.ancestors }
      : { document: context.document, depth: context.depth + 1, ancestors: NO_ANCESTORS };
    switch (kind) {
      case "reference":
        return typeof value === "string"
          ? this.components.resolve(value, context.document, context.isAllOfPart).reference.$ref
          : undefined;
      case "schema":
        return isSchema(value) ? this.#readSchema(value, childContext) : undefined;
      case "items":
        return Array.isArray(value) || !isSchema(value) ? undefined : this.#readSchema(value, childContext);
      case "schemas":
        return Array.isArray(value) && value.length > 0 ? this.#readList(value, childContext) : undefined;
      case "branches":
        return this.#readBranches(value, childContext);
      case "schemaMap":
        return isObject(value) ? this.#readMap(value, childContext) : undefined;
      case "properties":
        return isObject(value) ? this.#readProperties(value, readOnlyNames, childContext) : undefined;
      default:
        return normalizeKeywordValue(kind, value);
    }
  }

  #readList(list: readonly unknown[], context: SchemaContext): readonly unknown[] {
    const schemas = list.map((entry) => this.#readSchema(entry, context));
    return schemas.every((entry, index) => entry === list[index]) ? list : schemas;
  }

  /** A branch that is the schema it stands in adds nothing to choose from. */
  #readBranches(value: unknown, context: SchemaContext): readonly unknown[] | undefined {
    if (!Array.isArray(value)) return undefined;
    const branches = this.#readList(value, context);
    const remaining = branches.filter((branch) => !refersToAny(branch, context.ancestors));
    if (remaining.length === 0) return undefined;
    return remaining.length === branches.length ? branches : remaining;
  }

  #readMap(map: JsonObject, context: SchemaContext): JsonObject {
    const entries = Object.entries(map).map(
      ([name, entry]) => [name, this.#readSchema(entry, context)] as const,
    );
    return entries.every(([name, entry]) => entry === map[name]) ? map : Object.fromEntries(entries);
  }

  #readProperties(map: JsonObject, readOnlyNames: Set<string>, context: SchemaContext): JsonObject {
    const writable = Object.entries(map).filter(([name, property]) => {
      if (!this.#isReadOnly(property, context.document)) return true;
      readOnlyNames.add(name);
      return false;
    });
    return this.#readMap(
      writable.length === Object.keys(map).length ? map : Object.fromEntries(writable),
      context,
    );
  }

  /** https://spec.openapis.org/oas/v3.0.4.html#fixed-fields-20: such a property should not be sent in a request. */
  #isReadOnly(property: unknown, document: LoadedDocument): boolean {
    if (!isObject(property)) return false;
    const isPlain = !isReference(property) || document.openApiVersion === "3.1";
    if (isPlain && property.readOnly !== undefined) return property.readOnly === true;
    if (!isReference(property)) return false;
    const { value } = this.components.resolve(property.$ref, document).located;
    return isObject(value) && value.readOnly === true;
  }

  /** What depends on more than one keyword. */
  #applyCombinedRules(
    value: JsonObject,
    draft: SchemaDraft,
    readOnlyNames: Set<string>,
    context: SchemaContext,
  ): JsonSchema {
    applyExclusiveLimit(value, draft, "minimum", "exclusiveMinimum");
    applyExclusiveLimit(value, draft, "maximum", "exclusiveMaximum");
    this.#readTuple(value, draft, context);
    if (draft.examples === undefined && value.example !== undefined) draft.examples = [value.example];
    const resolver: BranchResolver = {
      resolve: (reference) => this.components.resolve(reference, context.document),
      find: (name) => this.components.find(name),
      isBeingRead: (component) => context.ancestors.includes(component),
      omitsSubtypes: context.omitsSubtypes === true,
    };
    let schema: JsonSchema = applyDiscriminator(value, draft, resolver);
    if (Array.isArray(value.allOf)) schema = this.#readAllOf(schema, value.allOf, readOnlyNames, context);
    if (lacksType(schema))
      schema = {
        type: schema.items === undefined && schema.prefixItems === undefined ? "object" : "array",
        ...schema,
      };
    schema = alignTypeWithValues(hasMisleadingObjectType(schema) ? omitType(schema) : schema);
    if (value.nullable === true) schema = allowNull(schema);
    if (readOnlyNames.size > 0) {
      schema = omitRequired(schema, readOnlyNames);
      this.#readOnlyProperties.set(schema, readOnlyNames);
    }
    return schema;
  }

  /** Draft 4's list of `items`: https://json-schema.org/draft/2020-12/release-notes#changes-to-items-and-additionalitems */
  #readTuple(value: JsonObject, draft: SchemaDraft, context: SchemaContext): void {
    if (!Array.isArray(value.items)) return;
    const childContext = { document: context.document, depth: context.depth + 1, ancestors: NO_ANCESTORS };
    if (value.items.length > 0 && draft.prefixItems === undefined)
      draft.prefixItems = this.#readList(value.items, childContext);
    if (isSchema(value.additionalItems)) draft.items = this.#readSchema(value.additionalItems, childContext);
  }

  #readAllOf(
    base: JsonSchema,
    list: readonly unknown[],
    readOnlyNames: Set<string>,
    context: SchemaContext,
  ): JsonSchema {
    const parts: JsonSchema[] = [];
    const entries = new Set(list);
    const isAllOfPart = entries.size > 1 || !isAnnotation(base) || this.#isChildOf(list[0], context);
    for (const entry of entries) {
      const schema = this.#readSchema(entry, { ...context, depth: context.depth + 1, isAllOfPart });
      if (schema === true || refersToAny(schema, context.ancestors)) continue;
      const part = toSchemaObject(schema);
      for (const name of this.#readOnlyProperties.get(part) ?? []) readOnlyNames.add(name);
      if (Object.keys(part).length > 0) parts.push(part);
    }
    const [only] = parts;
    if (parts.length === 1 && only?.$ref !== undefined && isAnnotation(base)) return { ...only, ...base };
    return mergeAllOf(
      base,
      parts.map((part) => this.#inlineReference(part, readOnlyNames, context)),
    );
  }

  /** Of a schema that is nothing but a reference in `allOf`: a child without properties of its own, or the parent itself? */
  #isChildOf(part: unknown, context: SchemaContext): boolean {
    if (!isReference(part) || context.ancestors.length === 0) return false;
    const { located } = this.components.resolve(part.$ref, context.document);
    const children = collectMappings(located.value).flatMap((mapping) => [
      ...resolveMapping(mapping, (reference) => this.components.resolve(reference, located.document)).keys(),
    ]);
    return children.some((child) => context.ancestors.includes(child));
  }

  /** What a part that is only a reference names, unless that would not end or grow without measure. */
  #inlineReference(part: JsonSchema, readOnlyNames: Set<string>, context: SchemaContext): JsonSchema {
    const name = definitionName(part.$ref);
    const component = name === undefined ? undefined : this.components.find(name);
    if (component === undefined || Object.keys(part).length > 1) return part;
    if (component.state === "reading") return part;
    const target = this.define(component, context.depth, context.ancestors);
    if (measureComponent(component).size > MAX_INLINED) return part;
    for (const hidden of component.readOnlyProperties) readOnlyNames.add(hidden);
    return omitBackReferences(target, context.ancestors);
  }
}

function isConsistent(draft: SchemaDraft): boolean {
  return !lacksType(draft) && typeAllowsValues(draft) && !hasMisleadingObjectType(draft);
}

const NO_ANCESTORS: readonly Component[] = [];
const DEPENDENT_KEYWORDS = ["allOf", "nullable", "example", "discriminator", "additionalItems"];
