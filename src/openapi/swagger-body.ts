/** Builds Request Body Objects from Swagger 2.0 parameters. */
import { getOwn, type JsonObject, objectOf, textsOf } from "./document/value.ts";
import type { LocatedParameter } from "./parameters.ts";
import { extractSwaggerSchema, readItemSeparators, readSwaggerStyle } from "./swagger-parameter.ts";

/** Builds the request body from `body` or `formData` parameters. Returns undefined when there are none. */
export function buildSwaggerBody(
  parameters: readonly LocatedParameter[],
  consumes: unknown,
): LocatedParameter | undefined {
  const accepted = textsOf(consumes);
  const body = parameters.find(({ value }) => value.in === "body");
  if (body !== undefined) {
    const { description, required, schema } = body.value;
    const types = accepted.length > 0 ? accepted : ["application/json"];
    // Some documents describe the body like any other parameter.
    const described = schema ?? extractSwaggerSchema(body.value);
    const { "x-example": example, "x-examples": byType } = body.value;
    const content = Object.fromEntries(
      types.map((type) => [type, { schema: described, example: getOwn(objectOf(byType), type) ?? example }]),
    );
    return { value: { description, required, content }, document: body.document };
  }
  const fields = parameters.filter(({ value }) => value.in === "formData");
  const [first] = fields;
  if (first === undefined) return undefined;
  return {
    value: buildFormBody(
      fields.map(({ value }) => value),
      accepted,
    ),
    document: first.document,
  };
}

function buildFormBody(fields: readonly JsonObject[], accepted: readonly string[]): JsonObject {
  const namedFields = fields.filter((field) => typeof field.name === "string");
  const required = namedFields.filter((field) => field.required === true).map((field) => String(field.name));
  const media = {
    schema: {
      type: "object",
      properties: Object.fromEntries(namedFields.map((field) => [String(field.name), toFieldSchema(field)])),
      ...(required.length > 0 ? { required } : {}),
    },
    encoding: Object.fromEntries(
      namedFields
        .filter((field) => field.type === "array")
        .map((field) => [
          String(field.name),
          { style: "form", ...readSwaggerStyle(field), itemSeparators: readItemSeparators(field) },
        ]),
    ),
  };
  const forms = accepted.filter((type) =>
    /^(multipart\/form-data|application\/x-www-form-urlencoded)/i.test(type),
  );
  const hasFile = fields.some((field) => field.type === "file");
  const types = hasFile
    ? ["multipart/form-data"]
    : forms.length > 0
      ? forms
      : ["application/x-www-form-urlencoded"];
  return { required: required.length > 0, content: Object.fromEntries(types.map((type) => [type, media])) };
}

function toFieldSchema(field: JsonObject): JsonObject {
  const { "x-example": example } = field;
  const schema = { ...extractSwaggerSchema(field), ...(example !== undefined && { example }) };
  return typeof field.description === "string" ? { ...schema, description: field.description } : schema;
}
