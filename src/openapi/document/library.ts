/** The documents of one API description, parsed: the root document and everything it refers to. */
import { dirname, isAbsolute, join } from "node:path";
import type { DocumentError } from "../../errors.ts";
import { decodePercent } from "./pointer.ts";

/** The OpenAPI version of a document. `3.1` includes 3.2, which has the same schemas. */
export type OpenApiVersion = "2.0" | "3.0" | "3.1";

/** A document, or a schema within one whose `$id` makes it a resource of its own. */
export interface LoadedDocument {
  /** A path, a URL or `standard input`. Relative references resolve against it, and messages name it. */
  readonly location: string;
  readonly root: unknown;
  readonly openApiVersion: OpenApiVersion;
  /** Keys that an object of the text has twice, of which all but the last are lost. */
  readonly duplicateKeys?: readonly string[] | undefined;
  /** The URI of `$self` or `$id`. References resolve against it first, then against `location`. */
  readonly baseUri?: string | undefined;
  /** The document, or the resource, that contains this resource. */
  readonly parent?: LoadedDocument | undefined;
}

/** A value and the document that contains it. References in the value are relative to that document. */
export interface Located {
  readonly value: unknown;
  readonly document: LoadedDocument;
  /** Identifies the value: `location#pointer`. Equal for all references to it. */
  readonly key: string;
}

export interface Library {
  readonly root: LoadedDocument;
  /** Every referenced document by location, or the error of reading it. */
  readonly documents: ReadonlyMap<string, LoadedDocument | DocumentError>;
  /** The limit of documents, when more are referenced. */
  readonly exceededLimit?: number | undefined;
}

/**
 * Resolves the part of a reference before `#` against the location of its document. Returns an absolute URL or a path,
 * or undefined for anything that cannot be read, such as a `urn:` or a path relative to standard input.
 */
export function resolveLocation(reference: string, from: string): string | undefined {
  if (reference === "") return from;
  if (isUrl(from) || isUrl(reference)) {
    const url = URL.parse(reference, isUrl(from) ? from : undefined);
    return url !== null && isUrl(url.href) ? withoutFragment(url.href) : undefined;
  }
  if (from === STANDARD_INPUT || SCHEME.test(from)) return undefined;
  if (SCHEME.test(reference)) return undefined;
  const path = decodePercent(reference);
  return isAbsolute(path) ? path : join(dirname(from), path);
}

/**
 * Resolves a URI reference, such as `$id`, against a base URI, a path or `standard input`. The result identifies a
 * document and need not be readable.
 */
export function resolveUri(reference: string, base: string): string {
  if (SCHEME.test(reference)) return withoutFragment(URL.parse(reference)?.href ?? reference);
  if (SCHEME.test(base)) return withoutFragment(URL.parse(reference, base)?.href ?? reference);
  return resolveLocation(withoutFragment(reference), base) ?? withoutFragment(reference);
}

/** A scheme has at least two letters: one is a drive of Windows. */
const SCHEME = /^[a-z][a-z\d+.-]+:/i;

function withoutFragment(uri: string): string {
  return uri.replace(/#.*$/, "");
}

export function isUrl(location: string): boolean {
  return /^https?:\/\//i.test(location);
}

export const STANDARD_INPUT = "standard input";

/** Splits a reference at its first `#`. The fragment does not include it. */
export function splitReference(reference: string): { address: string; fragment: string } {
  const hash = reference.indexOf("#");
  return hash < 0
    ? { address: reference, fragment: "" }
    : { address: reference.slice(0, hash), fragment: reference.slice(hash + 1) };
}

/** A change to a root document after parsing. */
export interface DocumentTransform {
  /** Texts that may add references to the document. */
  readonly texts: readonly string[];
  /** Returns the changed document. Does not modify `root`. */
  apply(root: unknown, location: string): unknown;
}
