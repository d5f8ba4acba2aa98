/**
 * Reads Parameter Objects of Swagger 2.0: https://spec.openapis.org/oas/v2.0.html#parameter-object. They are read
 * directly: upgrading the whole document copies it several times, loses the `items`, `enum`, `default` and
 * `collectionFormat` of form fields, and fails when one parameter is malformed.
 */
import { isObject, type JsonObject, textOf } from "./document/value.ts";
import { NULLABLE_KEYWORDS } from "./schema/nullable.ts";
import { KEYWORDS } from "./schema/schema-keywords.ts";
import { VALUE_NAME_KEYWORDS } from "./schema/value-names.ts";
import type { ParameterStyle } from "./types.ts";

/**
 * Returns the schema keywords of a parameter. `required`, `description` and `examples` belong to the parameter itself.
 */
export function extractSwaggerSchema(parameter: JsonObject): JsonObject {
  const schema = Object.fromEntries(
    Object.entries(parameter).filter(
      ([key]) => SCHEMA_FIELDS.has(key) || (KEYWORDS.has(key) && !PARAMETER_FIELDS.has(key)),
    ),
  );
  return parameter.type === "file" ? { ...schema, type: "string", format: "binary" } : schema;
}

const SCHEMA_FIELDS: ReadonlySet<string> = new Set([...NULLABLE_KEYWORDS, ...VALUE_NAME_KEYWORDS]);
const PARAMETER_FIELDS: ReadonlySet<string> = new Set(["required", "description", "examples"]);

const SEPARATORS: Readonly<Record<string, string>> = { ssv: " ", tsv: "\t", pipes: "|" };

/** Returns the separators of lists within a list: https://spec.openapis.org/oas/v2.0.html#items-object */
export function readItemSeparators({ type, items }: JsonObject, depth = 0): readonly string[] {
  if (type !== "array" || !isObject(items) || items.type !== "array" || depth > MAX_NESTED_LISTS) return [];
  return [
    SEPARATORS[textOf(items.collectionFormat) ?? "csv"] ?? ",",
    ...readItemSeparators(items, depth + 1),
  ];
}

const MAX_NESTED_LISTS = 10;

/** Converts `collectionFormat` to `style` and `explode`. */
export function readSwaggerStyle(parameter: JsonObject): { style?: ParameterStyle; explode?: boolean } {
  if (parameter.type !== "array") return {};
  switch (textOf(parameter.collectionFormat) ?? "csv") {
    case "multi":
      return { explode: true };
    case "ssv":
      return { style: "spaceDelimited", explode: false };
    case "pipes":
      return { style: "pipeDelimited", explode: false };
    case "tsv":
      return { style: "tabDelimited", explode: false };
    default:
      return { explode: false };
  }
}
