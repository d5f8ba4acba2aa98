/**
 * Resolves Reference Objects (https://spec.openapis.org/oas/v3.1.1.html#reference-object) and the `$ref` of schemas.
 */
import { DocumentError } from "../../errors.ts";
import { collectIdentities, type Identities, localKey, Resources } from "./identities.ts";
import {
  type Library,
  type LoadedDocument,
  type Located,
  resolveLocation,
  resolveUri,
  splitReference,
} from "./library.ts";
import { MissingReferenceError, OperationError } from "./operation-error.ts";
import { splitPointer, stepInto } from "./pointer.ts";
import { isObject, type JsonObject } from "./value.ts";
import { DocumentWarnings } from "./warnings.ts";

/** Returns whether a value is an object with a string `$ref`. A property named `$ref` has a schema instead. */
export function isReference(value: unknown): value is JsonObject & { readonly $ref: string } {
  return isObject(value) && typeof value.$ref === "string";
}

const MAX_CHAIN = 100;

/** Resolves the references of one library and caches the results. */
export class References {
  /** Problems that cost less than an operation. */
  readonly warnings = new DocumentWarnings();
  readonly #library: Library;
  readonly #resources = new Resources();
  readonly #resolved = new Map<LoadedDocument, Map<string, Located | MissingReferenceError>>();
  #identities: Identities | undefined;
  /**
   * Lookups left in schemas with an `$id` and behind the references of a pointer. Bounds the product of broken
   * references and such schemas.
   */
  #remainingAttempts = 1_000_000;
  #walkDepth = 0;

  constructor(library: Library) {
    this.#library = library;
  }

  /**
   * Returns the value that a reference names.
   * @throws MissingReferenceError when it does not resolve.
   */
  resolve(reference: string, from: LoadedDocument): Located {
    let cache = this.#resolved.get(from);
    if (cache === undefined) {
      cache = new Map();
      this.#resolved.set(from, cache);
    }
    let located = cache.get(reference);
    if (located === undefined) {
      located = this.#lookUp(reference, from) ?? this.#describeMissing(reference, from);
      cache.set(reference, located);
    }
    if (located instanceof MissingReferenceError) throw located;
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

  /**
   * Follows references like {@link follow}. Where they lead nowhere, returns undefined as the value and adds a warning.
   * @param effect what happens then: `it is left out`.
   */
  followOrWarn(value: unknown, from: LoadedDocument, effect: string): Located {
    try {
      return this.follow(value, from);
    } catch (error) {
      if (!(error instanceof MissingReferenceError)) throw error;
      this.warn(error, from, effect);
      return { value: undefined, document: from, key: "" };
    }
  }

  /** Does so for a part that belongs to no single operation. A circular reference leads nowhere as well. */
  followSharedOrWarn(value: unknown, from: LoadedDocument, effect: string): Located {
    try {
      return this.follow(value, from);
    } catch (error) {
      this.warn(error, from, effect);
      return { value: undefined, document: from, key: "" };
    }
  }

  /** Adds a warning about a reference. Throws other errors again. */
  warn(error: unknown, from: LoadedDocument, effect: string): void {
    if (!(error instanceof OperationError)) throw error;
    this.warnings.add(from.location, `${error.message}; ${effect}`);
  }

  /** Returns the resource that a schema with an `$id` is, otherwise `document`. */
  enter(schema: JsonObject, document: LoadedDocument): LoadedDocument {
    return schema.$id === undefined ? document : this.#resources.enter(schema, document);
  }

  /** Returns the anchors of a resource by name. */
  anchorsOf(resource: LoadedDocument): ReadonlyMap<string, Located> | undefined {
    return this.#getIdentities().anchors.get(resource);
  }

  #lookUp(reference: string, from: LoadedDocument): Located | undefined {
    const { address, fragment } = splitReference(reference);
    for (let scope: LoadedDocument | undefined = from; scope !== undefined; scope = scope.parent)
      for (const target of this.#findTargets(address, scope)) {
        const located = this.#findWithin(target, fragment);
        if (located !== undefined) return located;
      }
    return address === "" ? this.#findWithinIdentified(from, fragment) : undefined;
  }

  /** Yields the documents and resources that an address may mean, the most likely first. */
  *#findTargets(address: string, scope: LoadedDocument): Iterable<LoadedDocument> {
    if (address === "") {
      yield scope;
      return;
    }
    if (scope.baseUri !== undefined) yield* this.#findByUri(resolveUri(address, scope.baseUri), scope);
    const location = resolveLocation(address, scope.location);
    if (location !== undefined) yield* this.#findByUri(location, scope);
    yield* this.#findResource(address, scope);
  }

  *#findByUri(uri: string, scope: LoadedDocument): Iterable<LoadedDocument> {
    const document = this.#library.documents.get(uri);
    if (document !== undefined && !(document instanceof DocumentError)) yield document;
    yield* this.#findResource(uri, scope);
  }

  /** Yields the resource with a URI, from the same document first: several files may use one `$id`. */
  *#findResource(uri: string, scope: LoadedDocument): Iterable<LoadedDocument> {
    const { resources } = this.#getIdentities();
    const resource = resources.get(localKey(uri, scope.location)) ?? resources.get(uri);
    if (resource !== undefined) yield resource;
  }

  #findWithin(target: LoadedDocument, fragment: string): Located | undefined {
    if (fragment !== "" && !fragment.startsWith("/")) return this.anchorsOf(target)?.get(fragment);
    const name = target.parent === undefined ? target.location : (target.baseUri ?? target.location);
    const start = { value: target.root, document: target, key: "" };
    const located = this.#walk(start, splitPointer(fragment));
    return located && { ...located, key: located.key === "" ? `${name}#${fragment}` : located.key };
  }

  /** Follows a pointer. A part of it may lie behind a `$ref`: `components: { schemas: { $ref: all.yaml } }`. */
  #walk(start: Located, segments: readonly string[]): Located | undefined {
    let { value, document } = start;
    for (const [index, segment] of segments.entries()) {
      if (isObject(value)) document = this.enter(value, document);
      const next = stepInto(value, segment);
      if (next === undefined && isReference(value))
        return this.#walkBehind(value.$ref, document, segments.slice(index));
      value = next;
      if (value === undefined) return undefined;
    }
    const isElsewhere = start.key !== "" && value !== start.value;
    return {
      value,
      document,
      key: isElsewhere ? `${start.key}/${segments.join("/")}` : start.key,
    };
  }

  #walkBehind(reference: string, from: LoadedDocument, segments: readonly string[]): Located | undefined {
    if (this.#walkDepth === MAX_CHAIN || this.#remainingAttempts-- <= 0) return undefined;
    this.#walkDepth += 1;
    try {
      const target = this.#lookUp(reference, from);
      return target && this.#walk(target, segments);
    } finally {
      this.#walkDepth -= 1;
    }
  }

  /** Resolves a fragment in the resources of a document. Counts only when it is unique. */
  #findWithinIdentified(from: LoadedDocument, fragment: string): Located | undefined {
    if (!fragment.startsWith("/")) return undefined;
    const matches = new Map<unknown, Located>();
    for (const resource of new Set(this.#getIdentities().resources.values())) {
      if (this.#remainingAttempts-- <= 0) return undefined;
      if (resource.location !== from.location || resource.parent === undefined) continue;
      const located = this.#findWithin(resource, fragment);
      if (located !== undefined) matches.set(located.value, located);
    }
    const [only] = matches.values();
    return matches.size === 1 ? only : undefined;
  }

  #getIdentities(): Identities {
    this.#identities ??= collectIdentities(this.#library, this.#resources);
    return this.#identities;
  }

  #describeMissing(reference: string, from: LoadedDocument): MissingReferenceError {
    const location = resolveLocation(splitReference(reference).address, from.location);
    const document = location === undefined ? undefined : this.#library.documents.get(location);
    if (document instanceof DocumentError)
      return new MissingReferenceError(`$ref ${reference} cannot be read: ${document.message}`);
    if (document !== undefined) return new MissingReferenceError(`$ref ${reference} does not resolve`);
    const { exceededLimit } = this.#library;
    return new MissingReferenceError(
      exceededLimit === undefined
        ? `$ref ${reference} points to a document that cannot be read`
        : `$ref ${reference} is not read: the limit is ${exceededLimit} documents`,
    );
  }
}
