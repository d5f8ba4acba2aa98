/** The documents of one API description, parsed: the root document and everything it refers to. */
import { dirname, isAbsolute, join } from "node:path";
import type { DocumentError } from "../../errors.ts";
import { decodePercent } from "./pointer.ts";

/** The OpenAPI version of a document. `3.1` includes 3.2, which has the same schemas. */
export type OpenApiVersion = "2.0" | "3.0" | "3.1";

export interface LoadedDocument {
  /** A path, a URL or `standard input`. Relative references resolve against it, and messages name it. */
  readonly location: string;
  readonly root: unknown;
  readonly openApiVersion: OpenApiVersion;
}

export interface Library {
  readonly root: LoadedDocument;
  /** Every referenced document by location, or the error of reading it. */
  readonly documents: ReadonlyMap<string, LoadedDocument | DocumentError>;
}

/**
 * Resolves the part of a reference before `#` against the location of its document. Returns an absolute URL or a path,
 * or undefined for anything that cannot be read, such as a `urn:` or a path relative to standard input.
 */
export function resolveLocation(reference: string, from: string): string | undefined {
  if (reference === "") return from;
  if (isUrl(from) || isUrl(reference)) {
    const url = URL.parse(reference, isUrl(from) ? from : undefined);
    return url !== null && isUrl(url.href) ? url.href.replace(/#.*$/, "") : undefined;
  }
  if (from === STANDARD_INPUT) return undefined;
  if (/^[a-z][a-z\d+.-]+:/i.test(reference)) return undefined;
  const path = decodePercent(reference);
  return isAbsolute(path) ? path : join(dirname(from), path);
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
