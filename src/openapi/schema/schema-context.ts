/** The position of a schema while it is read. */
import type { LoadedDocument } from "../document/library.ts";
import type { Component } from "./component.ts";
import type { DynamicScope } from "./dynamic-scope.ts";

export interface SchemaContext {
  readonly document: LoadedDocument;
  /** Nesting depth; the root schema has 0. */
  readonly depth: number;
  /** Components that are being read and apply to the same value as this schema, outermost first. */
  readonly ancestors: readonly Component[];
  /** The dynamic anchors in scope. */
  readonly scope?: DynamicScope | undefined;
  /** True for a part of an `allOf`: a reference to a parent then means the parent without its subtypes. */
  readonly isAllOfPart?: boolean;
  /** True while a parent is read without its subtypes. */
  readonly omitsSubtypes?: boolean;
}

/** Returns the context of a schema that applies to the same value, such as a branch of `oneOf`. */
export function inPlaceContext({ document, depth, ancestors, scope }: SchemaContext): SchemaContext {
  return { document, depth: depth + 1, ancestors, scope };
}

/** Returns the context of a schema that applies to a part of the value, such as a property. */
export function childContext({ document, depth, scope }: SchemaContext): SchemaContext {
  return { document, depth: depth + 1, ancestors: NO_ANCESTORS, scope };
}

const NO_ANCESTORS: readonly Component[] = [];
