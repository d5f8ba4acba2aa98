/** Reads an `allOf`: resolves its parts and merges them into the schema that contains it. */
import type { JsonSchema } from "../../chat/types.ts";
import { isReference } from "../document/reference.ts";
import { type Component, infiniteRecursionError, measureComponent } from "./component.ts";
import type { Components } from "./components.ts";
import { resolveMapping } from "./discriminator.ts";
import { collectMappings } from "./mappings.ts";
import { definitionName } from "./measure.ts";
import { mergeAllOf } from "./merge-all-of.ts";
import type { SchemaContext } from "./schema-context.ts";
import { findReferred, isAnnotation, omitBackReferences, toSchemaObject } from "./schema-shape.ts";

/** The operations of the schema reader that an `allOf` needs. */
export interface AllOfReader {
  readonly components: Components;
  readSchema(value: unknown, context: SchemaContext): JsonSchema | boolean;
  define(component: Component, depth: number, ancestors: readonly Component[]): JsonSchema;
  /** Returns the names of the read-only properties that were left out of a schema. */
  readOnlyNamesOf(schema: JsonSchema): ReadonlySet<string>;
}

/** Larger components stay references: copying them into each subtype could double the size at every level. */
const MAX_INLINED_SIZE = 1000;

/**
 * Returns `base` with the parts of its `allOf`. `base` holds the keywords next to the `allOf`. Adds the names of
 * read-only properties that the parts leave out to `readOnlyNames`.
 * @throws OperationError when the `allOf` is nothing but the schema itself.
 */
export function readAllOf(
  reader: AllOfReader,
  base: JsonSchema,
  list: readonly unknown[],
  readOnlyNames: Set<string>,
  context: SchemaContext,
): JsonSchema {
  const parts: JsonSchema[] = [];
  const entries = new Set(list);
  const isAllOfPart = entries.size > 1 || !isAnnotation(base) || isSubtypeOf(reader, list[0], context);
  for (const entry of entries) {
    const schema = reader.readSchema(entry, { ...context, depth: context.depth + 1, isAllOfPart });
    if (schema === true) continue;
    const self = findReferred(schema, context.ancestors);
    if (self !== undefined && entries.size === 1 && isAnnotation(base)) throw infiniteRecursionError(self);
    if (self !== undefined) continue;
    const part = toSchemaObject(schema);
    for (const name of reader.readOnlyNamesOf(part)) readOnlyNames.add(name);
    if (Object.keys(part).length > 0) parts.push(part);
  }
  const [only] = parts;
  if (parts.length === 1 && only?.$ref !== undefined && isAnnotation(base)) return { ...only, ...base };
  return mergeAllOf(
    base,
    parts.map((part) => inlineReference(reader, part, readOnlyNames, context)),
  );
}

/**
 * Returns whether the schema being read is a subtype of the component that `part` refers to. It decides how a schema
 * that consists of one reference in `allOf` is read: as a subtype without properties of its own, or as the parent.
 */
function isSubtypeOf(reader: AllOfReader, part: unknown, context: SchemaContext): boolean {
  if (!isReference(part) || context.ancestors.length === 0) return false;
  const parent = reader.components.tryResolve(part.$ref, context.document);
  if (parent === undefined) return false;
  const { located } = parent;
  const subtypes = collectMappings(located.value).flatMap((mapping) => [
    ...resolveMapping(mapping, (reference) => reader.components.resolve(reference, located.document)).keys(),
  ]);
  const unlisted = [...reader.components.findSubtypes(parent, "").keys()];
  return [...subtypes, ...unlisted].some((subtype) => context.ancestors.includes(subtype));
}

/** Returns the component that `part` refers to. Recursive and very large components stay references. */
function inlineReference(
  reader: AllOfReader,
  part: JsonSchema,
  readOnlyNames: Set<string>,
  context: SchemaContext,
): JsonSchema {
  const name = definitionName(part.$ref);
  const component = name === undefined ? undefined : reader.components.find(name);
  if (component === undefined || Object.keys(part).length > 1) return part;
  if (component.state === "reading") return part;
  const target = reader.define(component, context.depth, context.ancestors);
  if (measureComponent(component).size > MAX_INLINED_SIZE) return part;
  for (const hidden of component.readOnlyProperties) readOnlyNames.add(hidden);
  return omitBackReferences(target, context.ancestors);
}
