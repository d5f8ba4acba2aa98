/**
 * Swagger 2.0's Parameter Object: https://spec.openapis.org/oas/v2.0.html#parameter-object. Read as it is: an upgrade of
 * the whole document copies it several times, loses the `items`, `enum`, `default` and `collectionFormat` of form
 * fields, and fails whole when one parameter is malformed.
 */

import { type JsonObject, textOf } from "./document/value.ts";
import { KEYWORDS } from "./schema/schema-keywords.ts";
import type { ParameterStyle } from "./types.ts";

/** What stands beside `name` and `in` is the schema. `description` and `required` are the parameter's. */
export function extractSwaggerSchema(parameter: JsonObject): JsonObject {
  const schema = Object.fromEntries(
    Object.entries(parameter).filter(
      ([key]) => KEYWORDS.has(key) && key !== "required" && key !== "description" && key !== "examples",
    ),
  );
  return parameter.type === "file" ? { ...schema, type: "string", format: "binary" } : schema;
}

/** `collectionFormat`. */
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
