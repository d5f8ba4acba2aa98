/**
 * Resolves `$dynamicRef`: https://json-schema.org/draft/2020-12/json-schema-core#name-dynamic-references-with-dyn.
 * Generic schemas use it: a list leaves its items open, and each schema that refers to the list says what they are.
 */
import type { LoadedDocument, Located } from "../document/library.ts";
import { MissingReferenceError } from "../document/operation-error.ts";
import type { References } from "../document/reference.ts";
import { isObject, type JsonObject } from "../document/value.ts";

/** The dynamic anchors of the schemas that led to a schema. For each name the outermost counts. */
export interface DynamicScope {
  readonly anchors: ReadonlyMap<string, Located>;
  /** Equal for equal anchors. */
  readonly key: string;
}

/** Objects visited in search of dynamic references. Beyond it, every schema is taken to have one. */
const MAX_VISITS = 3_000_000;

export class DynamicScopes {
  readonly #references: References;
  readonly #keys = new WeakMap<object, string>();
  /** Whether a schema leads to a `$dynamicRef`. */
  readonly #isDynamic = new WeakMap<object, boolean>();
  #keyCount = 0;
  #remainingVisits = MAX_VISITS;

  constructor(references: References) {
    this.#references = references;
  }

  /**
   * Returns the scope within a schema: the outer one with the anchors of the schema's resource. Without an `$id`, those
   * in its `$defs` count too, because documents leave the `$id` out.
   */
  enter(
    outer: DynamicScope | undefined,
    schema: JsonObject,
    document: LoadedDocument,
  ): DynamicScope | undefined {
    let anchors: Map<string, Located> | undefined;
    const add = (name: unknown, located: Located) => {
      if (typeof name !== "string" || outer?.anchors.has(name) || anchors?.has(name)) return;
      anchors ??= new Map(outer?.anchors);
      anchors.set(name, located);
    };
    const addSchema = (value: unknown) => {
      if (isObject(value) && typeof value.$dynamicAnchor === "string")
        add(value.$dynamicAnchor, { value, document, key: this.#createKey(value, document) });
    };
    addSchema(schema);
    if (isObject(schema.$defs)) for (const value of Object.values(schema.$defs)) addSchema(value);
    if (document.parent !== undefined)
      for (const [name, located] of this.#references.anchorsOf(document) ?? [])
        if (isObject(located.value) && located.value.$dynamicAnchor === name) add(name, located);
    if (anchors === undefined) return outer;
    const key = [...anchors].map(([name, located]) => `${name}=${located.key}`).sort();
    return { anchors, key: key.join("\0") };
  }

  /** Returns the scope within a document, which may be the resource of a schema. */
  enterDocument(outer: DynamicScope | undefined, document: LoadedDocument): DynamicScope | undefined {
    return document.parent === undefined ? outer : this.enter(outer, {}, document);
  }

  /** Returns the target of a `$dynamicRef`. @throws MissingReferenceError when there is none. */
  resolve(reference: string, from: LoadedDocument, scope: DynamicScope | undefined): Located {
    const initial = this.#references.resolve(reference, from);
    const name = reference.slice(reference.indexOf("#") + 1);
    const isDynamic = isObject(initial.value) && initial.value.$dynamicAnchor === name;
    return (isDynamic ? scope?.anchors.get(name) : undefined) ?? initial;
  }

  /** Returns whether the meaning of a schema depends on the scope. */
  dependsOnScope(located: Located): boolean {
    if (!isObject(located.value)) return false;
    const seen = new Set<object>();
    const pending: Located[] = [located];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { value, document } = next;
      if (typeof value !== "object" || value === null || seen.has(value)) continue;
      const known = this.#isDynamic.get(value);
      if (known === false) continue;
      if (known || (isObject(value) && value.$dynamicRef !== undefined) || this.#remainingVisits-- <= 0) {
        this.#isDynamic.set(located.value, true);
        return true;
      }
      seen.add(value);
      const inner = isObject(value) ? this.#references.enter(value, document) : document;
      if (isObject(value) && typeof value.$ref === "string") {
        const target = this.#tryResolve(value.$ref, inner);
        if (target !== undefined) pending.push(target);
      }
      for (const entry of Object.values(value)) pending.push({ value: entry, document: inner, key: "" });
    }
    for (const value of seen) this.#isDynamic.set(value, false);
    return false;
  }

  #tryResolve(reference: string, from: LoadedDocument): Located | undefined {
    try {
      return this.#references.resolve(reference, from);
    } catch (error) {
      if (error instanceof MissingReferenceError) return undefined;
      throw error;
    }
  }

  /** Returns a key that ends with the name of the anchor, which becomes the name of the definition. */
  #createKey(value: JsonObject, document: LoadedDocument): string {
    let key = this.#keys.get(value);
    if (key === undefined) {
      this.#keyCount += 1;
      key = `${document.location}#anchor ${this.#keyCount}/${value.$dynamicAnchor}`;
      this.#keys.set(value, key);
    }
    return key;
  }
}
