import { isReference } from "../document/reference.ts";
import type { JsonObject } from "../document/value.ts";
import type { Components } from "./components.ts";
import type { SchemaContext } from "./schema-context.ts";
import type { SchemaDraft } from "./schema-shape.ts";

/**
 * Removes `unevaluatedProperties` and `unevaluatedItems` from a schema of which a part is missing: the part could
 * evaluate anything.
 */
export function openMissingParts(
  value: JsonObject,
  draft: SchemaDraft,
  components: Components,
  { document }: SchemaContext,
): void {
  if (value.unevaluatedProperties === undefined && value.unevaluatedItems === undefined) return;
  const lists = [value.allOf, value.anyOf, value.oneOf].filter((list) => Array.isArray(list));
  const isMissing = [value, ...lists.flat()].some(
    (part) => isReference(part) && components.tryResolve(part.$ref, document) === undefined,
  );
  if (!isMissing) return;
  delete draft.unevaluatedProperties;
  delete draft.unevaluatedItems;
}
