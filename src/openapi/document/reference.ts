/**
 * Resolves Reference Objects (https://spec.openapis.org/oas/v3.1.1.html#reference-object) and the `$ref` of schemas.
 */
import { DocumentError } from "../../errors.ts";
import { type Library, type LoadedDocument, resolveLocation, splitReference } from "./library.ts";
import { OperationError } from "./operation-error.ts";
import { resolvePointer } from "./pointer.ts";
import { isObject, type JsonObject } from "./value.ts";

/** A value and the document that contains it. References in the value are relative to that document. */
export interface Located {
  readonly value: unknown;
  readonly document: LoadedDocument;
  /** Identifies the value: `location#pointer`. Equal for all references to it. */
  readonly key: string;
}

/** Returns whether a value is an object with a string `$ref`. A property named `$ref` has a schema instead. */
export function isReference(value: unknown): value is JsonObject & { readonly $ref: string } {
  return isObject(value) && typeof value.$ref === "string";
}

const MAX_CHAIN = 100;

/** Resolves the references of one library and caches the results. */
export class References {
  readonly #library: Library;
  readonly #resolved = new Map<LoadedDocument, Map<string, Located>>();
  #identityIndex: Map<string, Located> | undefined;
  /** Lookups left in schemas with an `$id`. Bounds the product of broken references and such schemas. */
  #remainingAttempts = 1_000_000;

  constructor(library: Library) {
    this.#library = library;
  }

  /**
   * Returns the value that a reference names.
   * @throws OperationError when it does not resolve.
   */
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

  /** Returns the documents that could be read. */
  documents(): readonly LoadedDocument[] {
    return [...this.#library.documents.values()].flatMap((document) =>
      document instanceof DocumentError ? [] : [document],
    );
  }

  /**
   * Follows references until a value is not a reference. Not for schemas: their references become definitions.
   * @throws OperationError when a reference does not resolve or is circular.
   */
  follow(value: unknown, from: LoadedDocument): Located {
    let located: Located = { value, document: from, key: "" };
    for (let step = 0; isReference(located.value); step += 1) {
      if (step === MAX_CHAIN) throw new OperationError(`$ref ${located.value.$ref} is circular`);
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
        ? `$ref ${reference} points to a document that cannot be read`
        : `$ref ${reference} does not resolve`,
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
   * Resolves a pointer relative to a schema with an `$id`, as JSON Schema requires within such a schema. The schema
   * that contains the reference is not known here, so the result counts only when it is unique.
   */
  #findWithinIdentified(document: LoadedDocument, fragment: string): Located | undefined {
    const matches = new Map<unknown, Located>();
    for (const schema of this.#getIdentityIndex().values()) {
      if (this.#remainingAttempts-- <= 0) return undefined;
      if (schema.document !== document || !isObject(schema.value) || schema.value.$id === undefined) continue;
      const value = resolvePointer(schema.value, fragment);
      if (value !== undefined) matches.set(value, { value, document, key: `${schema.key}#${fragment}` });
    }
    const [only] = matches.values();
    return matches.size === 1 ? only : undefined;
  }

  /** Returns every `$id`, `$anchor` and `$dynamicAnchor` of the library; built when a reference first needs it. */
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
