/** The documents that one API description is written in: the root and everything it refers to, read and parsed. */
import { dirname, isAbsolute, join } from "node:path";
import type { DocumentError } from "../../errors.ts";
import { decodePercent } from "./pointer.ts";

/** `2.0` covers `definitions` and inline parameters; `3.1` covers 3.2: the schema dialects are the same. */
export type OpenApiVersion = "2.0" | "3.0" | "3.1";

export interface LoadedDocument {
  /** What relative references are relative to, and its name in messages: a path, a URL or `standard input`. */
  readonly location: string;
  readonly root: unknown;
  readonly openApiVersion: OpenApiVersion;
}

export interface Library {
  readonly root: LoadedDocument;
  /** Location → the document, or why it could not be read. Holds every document that any reference names. */
  readonly documents: ReadonlyMap<string, LoadedDocument | DocumentError>;
}

/**
 * What the part of a reference before `#` names, seen from the document it stands in: an absolute URL, or a path.
 * Undefined when it names nothing that can be read, such as a `urn:` or a path relative to standard input.
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

/** Splits a reference at its first `#`; the fragment has none. */
export function splitReference(reference: string): { address: string; fragment: string } {
  const hash = reference.indexOf("#");
  return hash < 0
    ? { address: reference, fragment: "" }
    : { address: reference.slice(0, hash), fragment: reference.slice(hash + 1) };
}

/** What is done to a root document once it is parsed. */
export interface DocumentTransform {
  /** Where references may come from besides the document's own text. */
  readonly texts: readonly string[];
  /** The document as it is read from then on; what was given is not changed. */
  apply(root: unknown, location: string): unknown;
}
