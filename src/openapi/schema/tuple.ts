import type { JsonObject } from "../document/value.ts";
import type { AllOfReader } from "./read-all-of.ts";
import { childContext, type SchemaContext } from "./schema-context.ts";
import { isSchema, type SchemaDraft } from "./schema-shape.ts";

/**
 * Reads the list form of `items` of draft 4 as `prefixItems`:
 * https://json-schema.org/draft/2020-12/release-notes#changes-to-items-and-additionalitems
 */
export function readTuple(
  reader: Pick<AllOfReader, "readSchema">,
  value: JsonObject,
  draft: SchemaDraft,
  context: SchemaContext,
): void {
  if (!Array.isArray(value.items)) return;
  const inner = childContext(context);
  if (value.items.length > 0 && draft.prefixItems === undefined)
    draft.prefixItems = value.items.map((item) => reader.readSchema(item, inner));
  if (isSchema(value.additionalItems)) draft.items = reader.readSchema(value.additionalItems, inner);
}
