/**
 * https://spec.openapis.org/oas/v3.1.1.html#schema-object, and 3.0's and 2.0's: any of them becomes JSON Schema draft
 * 2020-12 as a request needs it. Read one by one, when an operation asks; a subtree that needs no change is shared with
 * the document, not copied.
 */
import type { JsonSchema } from "../../chat/types.ts";
import { DocumentError } from "../../errors.ts";
import type { LoadedDocument } from "../document/library.ts";
import { OperationProblem } from "../document/operation-problem.ts";
import { isReference, type References } from "../document/reference.ts";
import { isObject, type JsonObject } from "../document/value.ts";
import { mergeAllOf } from "./all-of.ts";
import { hasFittingChoices, isAnyValue, withFittingChoices } from "./choices.ts";
import { type Component, Components, measured } from "./components.ts";
import { type BranchReader, discriminated, mappedComponents } from "./discriminator.ts";
import { keywordValue } from "./keyword-values.ts";
import { mappings } from "./mappings.ts";
import { definitionName } from "./measure.ts";
import { allowNull } from "./nullable.ts";
import { IN_PLACE, KEYWORDS } from "./schema-keywords.ts";
import {
  asObject,
  type Draft,
  exclusiveLimit,
  isAnnotation,
  isSchema,
  lacksType,
  leadsTo,
  withoutRequired,
  withoutType,
  withoutWayBack,
} from "./schema-shape.ts";

/** Where a schema stands. */
interface Site {
  readonly document: LoadedDocument;
  readonly depth: number;
  /** The components being read whose value is the very value this schema judges. */
  readonly chain: readonly Component[];
  /** It is a part of an `allOf`: a parent that it refers to is meant without its children. */
  readonly isPart?: boolean;
  /** A parent is being read without its children. */
  readonly isAlone?: boolean;
}

const MAX_DEPTH = 200;
/** Schemas read for one description; every operation's are read once, so only a hostile document comes near. */
const MAX_SCHEMAS = 3_000_000;
/** A larger component stays a reference in `allOf`: copying it into each of its children could double at every level. */
const MAX_INLINED = 1000;

export class Schemas {
  readonly components: Components;
  readonly #dropped = new WeakMap<object, ReadonlySet<string>>();
  #read = 0;

  constructor(references: References) {
    this.components = new Components(references);
  }

  /**
   * A parameter's or body's schema. Never a bare reference at its root: what it would name stands there itself.
   * @throws OperationProblem when a reference in it leads nowhere.
   */
  root(value: unknown, document: LoadedDocument): JsonSchema {
    let schema = asObject(this.#schema(value, { document, depth: 0, chain: [] }));
    for (let name = definitionName(schema.$ref); name !== undefined; name = definitionName(schema.$ref)) {
      const { $ref: _, ...beside } = schema;
      const component = this.components.named(name);
      if (component === undefined || !isAnnotation(beside)) break;
      const target = this.define(component);
      schema = Object.keys(beside).length === 0 ? target : { ...target, ...beside };
    }
    return schema;
  }

  /** @throws OperationProblem when a reference in it leads nowhere. */
  define(component: Component, depth = 0, chain: readonly Component[] = []): JsonSchema {
    if (component.state === "failed") throw new OperationProblem(component.failure);
    if (component.state !== "unread") return component.schema;
    component.state = "reading";
    const { value, document } = component.located;
    try {
      const { isAlone } = component;
      const site = { document, depth: depth + 1, chain: [...chain, component], isAlone };
      component.schema = asObject(this.#schema(value, site));
      component.dropped = this.#dropped.get(component.schema) ?? component.dropped;
      component.state = "read";
    } catch (error) {
      if (!(error instanceof OperationProblem)) throw error;
      component.state = "failed";
      component.failure = error.message;
      throw error;
    }
    return component.schema;
  }

  #schema(value: unknown, site: Site): JsonSchema | boolean {
    if (typeof value === "boolean") return value;
    if (!isObject(value)) return {};
    this.#read += 1;
    if (this.#read > MAX_SCHEMAS)
      throw new DocumentError(site.document.location, `has more than ${MAX_SCHEMAS} schemas`);
    if (site.depth > MAX_DEPTH)
      throw new OperationProblem(`a schema is nested deeper than ${MAX_DEPTH} levels`);
    if (isReference(value) && (site.document.dialect !== "3.1" || Object.keys(value).length === 1))
      return this.components.at(value.$ref, site.document, site.isPart).reference;

    const draft: Draft = {};
    const dropped = new Set<string>();
    const same = this.#keywords(value, draft, dropped, site);
    if (same && !NEEDS_MORE.some((keyword) => keyword in value) && isRight(draft)) return value;
    return this.#finish(value, draft, dropped, site);
  }

  /** Fills `draft` keyword by keyword; true when it is what `value` was. */
  #keywords(value: JsonObject, draft: Draft, dropped: Set<string>, site: Site): boolean {
    let same = true;
    for (const keyword of Object.keys(value)) {
      const kept = this.#keyword(keyword, value[keyword], dropped, site);
      if (kept !== value[keyword]) same = false;
      if (kept !== undefined) draft[keyword === "$dynamicRef" ? "$ref" : keyword] = kept;
    }
    return same;
  }

  #keyword(keyword: string, value: unknown, dropped: Set<string>, site: Site): unknown {
    const kind = KEYWORDS.get(keyword);
    if (kind === undefined) return undefined;
    const inner = IN_PLACE.has(keyword)
      ? { document: site.document, depth: site.depth + 1, chain: site.chain }
      : { document: site.document, depth: site.depth + 1, chain: NO_CHAIN };
    switch (kind) {
      case "reference":
        return typeof value === "string"
          ? this.components.at(value, site.document, site.isPart).reference.$ref
          : undefined;
      case "schema":
        return isSchema(value) ? this.#schema(value, inner) : undefined;
      case "items":
        return Array.isArray(value) || !isSchema(value) ? undefined : this.#schema(value, inner);
      case "schemas":
        return Array.isArray(value) && value.length > 0 ? this.#list(value, inner) : undefined;
      case "branches":
        return this.#branches(value, inner);
      case "schemaMap":
        return isObject(value) ? this.#map(value, inner) : undefined;
      case "properties":
        return isObject(value) ? this.#properties(value, dropped, inner) : undefined;
      default:
        return keywordValue(kind, value);
    }
  }

  #list(list: readonly unknown[], site: Site): readonly unknown[] {
    const read = list.map((entry) => this.#schema(entry, site));
    return read.every((entry, index) => entry === list[index]) ? list : read;
  }

  /** A branch that is the schema it stands in adds nothing to choose from. */
  #branches(value: unknown, site: Site): readonly unknown[] | undefined {
    if (!Array.isArray(value)) return undefined;
    const read = this.#list(value, site);
    const others = read.filter((branch) => !leadsTo(branch, site.chain));
    if (others.length === 0) return undefined;
    return others.length === read.length ? read : others;
  }

  #map(map: JsonObject, site: Site): JsonObject {
    const entries = Object.entries(map).map(([name, entry]) => [name, this.#schema(entry, site)] as const);
    return entries.every(([name, entry]) => entry === map[name]) ? map : Object.fromEntries(entries);
  }

  #properties(map: JsonObject, dropped: Set<string>, site: Site): JsonObject {
    const writable = Object.entries(map).filter(([name, property]) => {
      if (!this.#isReadOnly(property, site.document)) return true;
      dropped.add(name);
      return false;
    });
    return this.#map(writable.length === Object.keys(map).length ? map : Object.fromEntries(writable), site);
  }

  /** https://spec.openapis.org/oas/v3.0.4.html#fixed-fields-20: such a property should not be sent in a request. */
  #isReadOnly(property: unknown, document: LoadedDocument): boolean {
    if (!isObject(property)) return false;
    const isPlain = !isReference(property) || document.dialect === "3.1";
    if (isPlain && property.readOnly !== undefined) return property.readOnly === true;
    if (!isReference(property)) return false;
    const { value } = this.components.at(property.$ref, document).located;
    return isObject(value) && value.readOnly === true;
  }

  /** What depends on more than one keyword. */
  #finish(value: JsonObject, draft: Draft, dropped: Set<string>, site: Site): JsonSchema {
    exclusiveLimit(value, draft, "minimum", "exclusiveMinimum");
    exclusiveLimit(value, draft, "maximum", "exclusiveMaximum");
    this.#tuple(value, draft, site);
    if (draft.examples === undefined && value.example !== undefined) draft.examples = [value.example];
    const branches: BranchReader = {
      component: (reference) => this.components.at(reference, site.document),
      named: (name) => this.components.named(name),
      isOpen: (component) => site.chain.includes(component),
      isAlone: site.isAlone === true,
    };
    let schema: JsonSchema = discriminated(value, draft, branches);
    if (Array.isArray(value.allOf)) schema = this.#allOf(schema, value.allOf, dropped, site);
    if (lacksType(schema))
      schema = {
        type: schema.items === undefined && schema.prefixItems === undefined ? "object" : "array",
        ...schema,
      };
    schema = withFittingChoices(isAnyValue(schema) ? withoutType(schema) : schema);
    if (value.nullable === true) schema = allowNull(schema);
    if (dropped.size > 0) {
      schema = withoutRequired(schema, dropped);
      this.#dropped.set(schema, dropped);
    }
    return schema;
  }

  /** Draft 4's list of `items`: https://json-schema.org/draft/2020-12/release-notes#changes-to-items-and-additionalitems */
  #tuple(value: JsonObject, draft: Draft, site: Site): void {
    if (!Array.isArray(value.items)) return;
    const inner = { document: site.document, depth: site.depth + 1, chain: NO_CHAIN };
    if (value.items.length > 0 && draft.prefixItems === undefined)
      draft.prefixItems = this.#list(value.items, inner);
    if (isSchema(value.additionalItems)) draft.items = this.#schema(value.additionalItems, inner);
  }

  #allOf(own: JsonSchema, list: readonly unknown[], dropped: Set<string>, site: Site): JsonSchema {
    const parts: JsonSchema[] = [];
    const entries = new Set(list);
    const isPart = entries.size > 1 || !isAnnotation(own) || this.#isChild(list[0], site);
    for (const entry of entries) {
      const read = this.#schema(entry, { ...site, depth: site.depth + 1, isPart });
      if (read === true || leadsTo(read, site.chain)) continue;
      const part = asObject(read);
      for (const name of this.#dropped.get(part) ?? []) dropped.add(name);
      if (Object.keys(part).length > 0) parts.push(part);
    }
    const [only] = parts;
    if (parts.length === 1 && only?.$ref !== undefined && isAnnotation(own)) return { ...only, ...own };
    return mergeAllOf(
      own,
      parts.map((part) => this.#inlined(part, dropped, site)),
    );
  }

  /** Of a schema that is nothing but a reference in `allOf`: a child without properties of its own, or the parent itself? */
  #isChild(part: unknown, site: Site): boolean {
    if (!isReference(part) || site.chain.length === 0) return false;
    const { located } = this.components.at(part.$ref, site.document);
    const children = mappings(located.value).flatMap((mapping) => [
      ...mappedComponents(mapping, (reference) => this.components.at(reference, located.document)).keys(),
    ]);
    return children.some((child) => site.chain.includes(child));
  }

  /** What a part that is only a reference names, unless that would not end or grow without measure. */
  #inlined(part: JsonSchema, dropped: Set<string>, site: Site): JsonSchema {
    const name = definitionName(part.$ref);
    const component = name === undefined ? undefined : this.components.named(name);
    if (component === undefined || Object.keys(part).length > 1) return part;
    if (component.state === "reading") return part;
    const target = this.define(component, site.depth, site.chain);
    if (measured(component).size > MAX_INLINED) return part;
    for (const hidden of component.dropped) dropped.add(hidden);
    return withoutWayBack(target, site.chain);
  }
}

function isRight(draft: Draft): boolean {
  return !lacksType(draft) && hasFittingChoices(draft) && !isAnyValue(draft);
}

const NO_CHAIN: readonly Component[] = [];
const NEEDS_MORE = ["allOf", "nullable", "example", "discriminator", "additionalItems"];
