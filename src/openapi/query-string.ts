import type { LoadedDocument } from "./document/library.ts";
import { OperationError } from "./document/operation-error.ts";
import { isObject, type JsonObject, objectOf, textsOf } from "./document/value.ts";
import { type ReadContext, readParameter } from "./parameter.ts";
import type { Parameter } from "./types.ts";

/**
 * 3.2: one parameter that is the whole query string, https://spec.openapis.org/oas/v3.2.0.html#parameter-locations.
 * A form is the same as one query parameter for each of its properties.
 * @throws OperationError when it is required and something other than a form.
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
    throw new OperationError("its query string is neither a form nor optional");
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
