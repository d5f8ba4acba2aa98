import type { LoadedDocument } from "./document/library.ts";
import { OperationError } from "./document/operation-error.ts";
import { isObject, type JsonObject, objectOf, textsOf } from "./document/value.ts";
import { type ReadContext, readParameter } from "./parameter.ts";
import type { Parameter } from "./types.ts";

/**
 * Reads a `querystring` parameter of 3.2 (https://spec.openapis.org/oas/v3.2.0.html#parameter-locations). A form is
 * equal to one query parameter for each property. An optional parameter in another format is ignored.
 * @throws OperationError when another format is required.
 */
export function readQueryStringParameters(
  parameter: JsonObject,
  from: LoadedDocument,
  context: ReadContext,
): readonly Parameter[] {
  const media = objectOf(parameter.content)["application/x-www-form-urlencoded"];
  const { value, document } = context.references.follow(media, from);
  const form = objectOf(value);
  const schema = objectOf(context.references.follow(form.schema, document).value);
  if (!isObject(schema.properties)) {
    if (parameter.required !== true) return [];
    throw new OperationError("its query string is required and is not a form");
  }
  const required = new Set(textsOf(schema.required));
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    const encoding = objectOf(objectOf(form.encoding)[name]);
    const propertyParameter = {
      ...encoding,
      name,
      in: "query",
      required: required.has(name),
      schema: property,
    };
    return readParameter(propertyParameter, document, context) ?? [];
  });
}
