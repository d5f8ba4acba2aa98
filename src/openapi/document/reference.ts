/** https://spec.openapis.org/oas/v3.1.1.html#reference-object and the `$ref` of schemas. */
import { DocumentError } from "../../errors.ts";
import { type Library, type LoadedDocument, resolveLocation, splitReference } from "./library.ts";
import { OperationError } from "./operation-error.ts";
import { resolvePointer } from "./pointer.ts";
import { isObject, type JsonObject } from "./value.ts";

/** A value and the document it stands in, which its own references are relative to. */
export interface Located {
  readonly value: unknown;
  readonly document: LoadedDocument;
  /** The same for every reference that leads here: `location#pointer`. */
  readonly key: string;
}

/** An object whose `$ref` is text; a property that happens to be named `$ref` holds a schema. */
export function isReference(value: unknown): value is JsonObject & { readonly $ref: string } {
  return isObject(value) && typeof value.$ref === "string";
}

const MAX_CHAIN = 100;

export class References {
  readonly #library: Library;
  readonly #resolved = new Map<LoadedDocument, Map<string, Located>>();
  #identityIndex: Map<string, Located> | undefined;
  /** As many broken references as schemas with an `$id` would take the product of both. */
  #remainingAttempts = 1_000_000;

  constructor(library: Library) {
    this.#library = library;
  }

  /** @throws OperationError when nothing is there. */
  resolve(reference: string, from: LoadedDocument): Located {
    let cache = this.#resolved.get(from);
    if (cache === undefined) {
      cache = new Map();
      this.#resolved.set(from, cache);
    }
    let located = cache.get(reference);
    if (located === undefined) {
      located = this.#lookUp(reference, from);
      cache.set(reference, located);
    }
    return located;
  }

  /**
   * Follows references until something else is reached. Not for schemas, whose references are kept.
   * @throws OperationError when one leads nowhere or they lead round in a circle.
   */
  follow(value: unknown, from: LoadedDocument): Located {
    let located: Located = { value, document: from, key: "" };
    for (let step = 0; isReference(located.value); step += 1) {
      if (step === MAX_CHAIN) throw new OperationError(`$ref ${located.value.$ref} leads round in a circle`);
      located = this.resolve(located.value.$ref, located.document);
    }
    return located;
  }

  #lookUp(reference: string, from: LoadedDocument): Located {
    const { address, fragment } = splitReference(reference);
    const location = resolveLocation(address, from.location);
    const document = location === undefined ? undefined : this.#library.documents.get(location);
    if (document !== undefined && !(document instanceof DocumentError)) {
      if (fragment === "" || fragment.startsWith("/")) {
        const value = resolvePointer(document.root, fragment);
        if (value !== undefined) return { value, document, key: `${document.location}#${fragment}` };
        const embedded = address === "" ? this.#findWithinIdentified(document, fragment) : undefined;
        if (embedded !== undefined) return embedded;
      } else {
        const anchored = this.#getIdentityIndex().get(`${document.location}#${fragment}`);
        if (anchored !== undefined) return anchored;
      }
    } else {
      const identified = this.#findByIdentity(address, location, fragment);
      if (identified !== undefined) return identified;
    }
    if (document instanceof DocumentError)
      throw new OperationError(`$ref ${reference} cannot be read: ${document.message}`);
    throw new OperationError(
      document === undefined
        ? `$ref ${reference} names a document that cannot be read`
        : `$ref ${reference} leads nowhere`,
    );
  }

  #findByIdentity(address: string, location: string | undefined, fragment: string): Located | undefined {
    const index = this.#getIdentityIndex();
    const schema = index.get(address) ?? (location === undefined ? undefined : index.get(location));
    if (schema === undefined || fragment === "") return schema;
    if (!fragment.startsWith("/")) return index.get(`${address}#${fragment}`);
    const value = resolvePointer(schema.value, fragment);
    return value === undefined ? undefined : { ...schema, value, key: `${schema.key}${fragment}` };
  }

  /**
   * Within a schema that has an `$id` a pointer begins there, not at the document. Which schema a reference stands in is
   * not known here, so that it must lead somewhere in one alone.
   */
  #findWithinIdentified(document: LoadedDocument, fragment: string): Located | undefined {
    const found = new Map<unknown, Located>();
    for (const schema of this.#getIdentityIndex().values()) {
      if (this.#remainingAttempts-- <= 0) return undefined;
      if (schema.document !== document || !isObject(schema.value) || schema.value.$id === undefined) continue;
      const value = resolvePointer(schema.value, fragment);
      if (value !== undefined) found.set(value, { value, document, key: `${schema.key}#${fragment}` });
    }
    const [only] = found.values();
    return found.size === 1 ? only : undefined;
  }

  /** Every `$id`, `$anchor` and `$dynamicAnchor` of the library: built only when some reference needs it. */
  #getIdentityIndex(): Map<string, Located> {
    this.#identityIndex ??= indexIdentities(this.#library);
    return this.#identityIndex;
  }
}

function indexIdentities(library: Library): Map<string, Located> {
  const index = new Map<string, Located>();
  for (const document of library.documents.values()) {
    if (document instanceof DocumentError) continue;
    const seen = new Set<object>();
    const pending: { value: unknown; base: string }[] = [{ value: document.root, base: document.location }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { value } = next;
      if (typeof value !== "object" || value === null || seen.has(value)) continue;
      seen.add(value);
      let { base } = next;
      if (isObject(value)) {
        if (typeof value.$id === "string") {
          base = resolveLocation(value.$id, base) ?? value.$id;
          index.set(base, { value, document, key: base });
          index.set(value.$id, { value, document, key: base });
        }
        for (const anchor of [value.$anchor, value.$dynamicAnchor]) {
          if (typeof anchor !== "string") continue;
          const key = `${base}#${anchor}`;
          const located = { value, document, key };
          if (!index.has(key)) index.set(key, located);
          const unscopedKey = `${document.location}#${anchor}`;
          if (!index.has(unscopedKey)) index.set(unscopedKey, located);
        }
      }
      for (const entry of Object.values(value))
        if (typeof entry === "object") pending.push({ value: entry, base });
    }
  }
  return index;
}
