import type { LoadedDocument } from "./document/library.ts";
import { isObject, type JsonObject, objectOf, textOf, textsOf } from "./document/value.ts";
import { readMediaType } from "./media-type.ts";
import { type ReadContext, readParameter } from "./parameter.ts";
import type { Parameter } from "./types.ts";

const FORM = "application/x-www-form-urlencoded";

/**
 * Reads a `querystring` parameter of 3.2 (https://spec.openapis.org/oas/v3.2.0.html#parameter-locations). A form with
 * declared fields is equal to one query parameter for each of them. Any other content is one parameter, which is the
 * whole query string.
 */
export function readQueryStringParameters(
  parameter: JsonObject,
  from: LoadedDocument,
  context: ReadContext,
): readonly Parameter[] {
  const [name = FORM, media = parameter] = Object.entries(objectOf(parameter.content))[0] ?? [];
  const { value, document } = context.references.follow(media, from);
  const form = objectOf(value);
  const schema = objectOf(context.references.follow(form.schema, document).value);
  const isPlain =
    isObject(schema.properties) &&
    (schema.additionalProperties ?? false) === false &&
    COMBINED.every((keyword) => schema[keyword] === undefined);
  if (name.toLowerCase().startsWith(FORM) && isPlain) return readFields(form, schema, document, context);
  const { mediaType, schema: wholeSchema, encoding } = readMediaType(name, form, document, context);
  return [
    {
      name: textOf(parameter.name) ?? "query",
      in: "querystring",
      required: parameter.required === true,
      description: textOf(parameter.description),
      deprecated: parameter.deprecated === true,
      style: "form",
      explode: true,
      allowReserved: false,
      allowEmptyValue: false,
      schema: wholeSchema,
      mediaType,
      encoding,
      example: form.example ?? parameter.example,
    },
  ];
}

const COMBINED = ["allOf", "oneOf", "anyOf", "patternProperties"] as const;

function readFields(
  form: JsonObject,
  schema: JsonObject,
  document: LoadedDocument,
  context: ReadContext,
): readonly Parameter[] {
  const required = new Set(textsOf(schema.required));
  return Object.entries(objectOf(schema.properties)).flatMap(([name, property]) => {
    const { contentType, ...encoding } = objectOf(objectOf(form.encoding)[name]);
    const isStyled = STYLES.some((field) => encoding[field] !== undefined);
    const field = { ...encoding, schema: property, name, in: "query", required: required.has(name) };
    const parameter = readParameter(field, document, context);
    if (!parameter) return [];
    const type = textOf(contentType);
    return isStyled
      ? parameter
      : { ...parameter, encoding: type === undefined ? {} : { [name]: { contentType: type } } };
  });
}

/** The fields of an Encoding Object that write an object in another way than as JSON. */
const STYLES = ["style", "explode", "allowReserved"] as const;
