/** Makes a value that shows the structure of a schema. */
import type { JsonSchema } from "../../chat/types.ts";
import { listApplicableParts } from "./alternatives.ts";
import { isRecord } from "./schema.ts";

type Definitions = Readonly<Record<string, JsonSchema>>;

const MAX_DEPTH = 6;

/**
 * Returns an object with every property, a list of one item, or a scalar: an example, a default, a value of the
 * enumeration, otherwise the name of the type.
 */
export function createSample(schema: JsonSchema, definitions: Definitions, depth = 0): unknown {
  const parts = listApplicableParts(schema, undefined, definitions);
  const merged: JsonSchema = Object.assign({}, ...parts);
  const shown = [merged.const, merged.example, ...[merged.examples, merged.default, merged.enum].flat()].find(
    (value) => value !== undefined && value !== null,
  );
  if (shown !== undefined) return shown;
  const properties: [string, JsonSchema][] = parts.flatMap((part) =>
    isRecord(part.properties)
      ? Object.entries(part.properties).filter((entry): entry is [string, JsonSchema] => isRecord(entry[1]))
      : [],
  );
  if (properties.length > 0)
    return depth === MAX_DEPTH
      ? "…"
      : Object.fromEntries(
          properties
            .filter(([, property]) => property.readOnly !== true)
            .map(([name, property]) => [name, createSample(property, definitions, depth + 1)]),
        );
  if (isRecord(merged.items))
    return depth === MAX_DEPTH ? [] : [createSample(merged.items, definitions, depth + 1)];
  const [type = "text"] = [merged.type].flat().filter((name) => name !== "null");
  return type === "object" ? {} : type === "array" ? [] : String(type ?? "text");
}
