/** Registers the schemas that references name. Each becomes one definition, shared by all operations that need it. */
import type { LoadedDocument, Located } from "../document/library.ts";
import { MissingReferenceError, OperationError } from "../document/operation-error.ts";
import { decodePercent } from "../document/pointer.ts";
import { isReference, type References } from "../document/reference.ts";
import { isObject, type JsonObject } from "../document/value.ts";
import type { Component } from "./component.ts";
import { type DynamicScope, DynamicScopes } from "./dynamic-scope.ts";
import { collectMappings } from "./mappings.ts";
import type { SchemaContext } from "./schema-context.ts";
import { discriminatorValues, Subtypes } from "./subtypes.ts";

const MAX_CHAIN = 100;

interface ResolveOptions {
  /** Whether a parent comes without the subtypes of its discriminator, as a subtype needs it in `allOf`. */
  readonly omitSubtypes?: boolean | undefined;
  readonly scope?: DynamicScope | undefined;
  /** Whether the reference is a `$dynamicRef`. */
  readonly isDynamic?: boolean;
}

export class Components {
  readonly scopes: DynamicScopes;
  readonly #references: References;
  readonly #byKey = new Map<string, Component>();
  readonly #byName = new Map<string, Component>();
  readonly #subtypes: Subtypes;

  constructor(references: References) {
    this.#references = references;
    this.#subtypes = new Subtypes(references);
    this.scopes = new DynamicScopes(references);
  }

  /**
   * Returns the component that a reference names. Follows components that are only another reference.
   * @throws MissingReferenceError when the reference does not resolve or does not name a schema.
   * @throws OperationError when it is circular.
   */
  resolve(
    reference: string,
    from: LoadedDocument,
    { omitSubtypes = false, scope, isDynamic = false }: ResolveOptions = {},
  ): Component {
    let located = isDynamic
      ? this.scopes.resolve(reference, from, scope)
      : this.#references.resolve(reference, from);
    for (let step = 0; isAlias(located); step += 1) {
      if (step === MAX_CHAIN) throw new OperationError(`$ref ${reference} is circular`);
      located = this.#references.resolve(located.value.$ref, located.document);
    }
    const omitsSubtypes = omitSubtypes && this.#hasSubtypes(located);
    const innerScope = scope !== undefined && this.scopes.dependsOnScope(located) ? scope : undefined;
    // NUL cannot occur in a pointer.
    const key = `${located.key}${omitsSubtypes ? "\0" : ""}${innerScope ? `\0${innerScope.key}` : ""}`;
    let component = this.#byKey.get(key);
    if (component === undefined) {
      if (!isObject(located.value) && typeof located.value !== "boolean")
        throw new MissingReferenceError(`$ref ${reference} does not point to a schema`);
      component = this.#add(located, key, omitsSubtypes, innerScope);
    }
    return component;
  }

  /** Returns the components that build on a parent whose discriminator lists none, with the values that stand for them. */
  findSubtypes(parent: Component, property: string): Map<Component, readonly string[]> {
    const subtypes = this.#subtypes.find(parent.located);
    return new Map(
      subtypes.map((subtype) => [
        this.resolve(subtype.reference, subtype.document),
        discriminatorValues(subtype, property),
      ]),
    );
  }

  /** Returns whether a schema is a parent with subtypes that are not its own `oneOf` or `anyOf`. */
  #hasSubtypes(located: Located): boolean {
    return collectMappings(located.value).length > 0 || this.#subtypes.find(located).length > 0;
  }

  /** Returns the component like {@link resolve}, or undefined when the reference leads nowhere. */
  tryResolve(reference: string, from: LoadedDocument): Component | undefined {
    try {
      return this.resolve(reference, from);
    } catch (error) {
      if (error instanceof MissingReferenceError) return undefined;
      throw error;
    }
  }

  /** Returns the component of a `$ref` or `$dynamicRef` at a position, or undefined with a warning. */
  resolveOrWarn(
    reference: string,
    { document, isAllOfPart, scope }: SchemaContext,
    keyword = "$ref",
  ): Component | undefined {
    const isDynamic = keyword === "$dynamicRef";
    try {
      return this.resolve(reference, document, { omitSubtypes: isAllOfPart, scope, isDynamic });
    } catch (error) {
      if (!(error instanceof MissingReferenceError)) throw error;
      this.#references.warn(error, document, "any value is accepted in its place");
      return undefined;
    }
  }

  /** Returns the context within a schema, which may be a resource of its own. */
  enter(schema: JsonObject, context: SchemaContext): SchemaContext {
    if (schema.$id === undefined && schema.$defs === undefined && schema.$dynamicAnchor === undefined)
      return context;
    const document = this.#references.enter(schema, context.document);
    return { ...context, document, scope: this.scopes.enter(context.scope, schema, document) };
  }

  /** Returns the component with this definition name. */
  find(name: string): Component | undefined {
    return this.#byName.get(name);
  }

  #add(located: Located, key: string, omitsSubtypes: boolean, scope: DynamicScope | undefined): Component {
    const name = this.#uniqueName(
      omitsSubtypes ? `${deriveName(located.key)}_base` : deriveName(located.key),
    );
    const reference = { $ref: `#/$defs/${name}` };
    const component: Component = {
      name,
      reference,
      located,
      omitsSubtypes,
      scope,
      state: "pending",
      schema: {},
      readOnlyProperties: new Set(),
      failure: "",
    };
    this.#byKey.set(key, component);
    this.#byName.set(name, component);
    return component;
  }

  #uniqueName(base: string): string {
    let name = base;
    for (let count = 2; this.#byName.has(name); count += 1) name = `${base}_${count}`;
    return name;
  }
}

/**
 * Returns whether a component is only another reference. In 3.0, fields next to `$ref` are ignored:
 * https://spec.openapis.org/oas/v3.0.4.html#reference-object
 */
function isAlias(located: Located): located is Located & { value: { readonly $ref: string } } {
  const { value, document } = located;
  return isReference(value) && (document.openApiVersion !== "3.1" || Object.keys(value).length === 1);
}

/** Returns a name made from the last segment of the pointer, or from the file name without a pointer. */
function deriveName(key: string): string {
  const hash = key.lastIndexOf("#");
  const path = key.slice(hash + 1) === "" ? key.slice(0, hash).replace(/\.\w+$/, "") : key.slice(hash + 1);
  const last = decodePercent(path).replaceAll("~1", "/").split("/").at(-1) ?? "";
  return last.replace(/[^\w.-]+/g, "_").slice(0, 60) || "schema";
}
