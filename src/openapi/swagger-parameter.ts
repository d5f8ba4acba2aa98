/**
 * Swagger 2.0's Parameter Object: https://spec.openapis.org/oas/v2.0.html#parameter-object. Read as it is: an upgrade of
 * the whole document copies it several times, loses the `items`, `enum`, `default` and `collectionFormat` of form
 * fields, and fails whole when one parameter is malformed.
 */
import type { LocatedParameter } from "./parameters.ts";
import { KEYWORDS } from "./schema-keywords.ts";
import type { ParameterStyle } from "./types.ts";
import { type JsonObject, textOf, textsOf } from "./value.ts";

/** What stands beside `name` and `in` is the schema. `description` and `required` are the parameter's. */
export function swaggerSchema(parameter: JsonObject): JsonObject {
  const schema = Object.fromEntries(
    Object.entries(parameter).filter(
      ([key]) => KEYWORDS.has(key) && key !== "required" && key !== "description" && key !== "examples",
    ),
  );
  return parameter.type === "file" ? { ...schema, type: "string", format: "binary" } : schema;
}

/** `collectionFormat`; `tsv` has no counterpart. */
export function swaggerStyle(parameter: JsonObject): { style?: ParameterStyle; explode?: boolean } {
  if (parameter.type !== "array") return {};
  switch (textOf(parameter.collectionFormat) ?? "csv") {
    case "multi":
      return { explode: true };
    case "ssv":
      return { style: "spaceDelimited", explode: false };
    case "pipes":
      return { style: "pipeDelimited", explode: false };
    default:
      return { explode: false };
  }
}

/** The request body that a 2.0 operation's `body` or `formData` parameters make up; undefined without any. */
export function swaggerBody(
  parameters: readonly LocatedParameter[],
  consumes: unknown,
): LocatedParameter | undefined {
  const accepted = textsOf(consumes);
  const body = parameters.find(({ value }) => value.in === "body");
  if (body !== undefined) {
    const { description, required, schema } = body.value;
    const types = accepted.length > 0 ? accepted : ["application/json"];
    const content = Object.fromEntries(types.map((type) => [type, { schema: schema ?? {} }]));
    return { value: { description, required, content }, document: body.document };
  }
  const fields = parameters.filter(({ value }) => value.in === "formData");
  const [first] = fields;
  if (first === undefined) return undefined;
  return {
    value: formBody(
      fields.map(({ value }) => value),
      accepted,
    ),
    document: first.document,
  };
}

function formBody(fields: readonly JsonObject[], accepted: readonly string[]): JsonObject {
  const named = fields.filter((field) => typeof field.name === "string");
  const required = named.filter((field) => field.required === true).map((field) => String(field.name));
  const media = {
    schema: {
      type: "object",
      properties: Object.fromEntries(named.map((field) => [String(field.name), fieldSchema(field)])),
      ...(required.length > 0 ? { required } : {}),
    },
    encoding: Object.fromEntries(
      named
        .filter((field) => field.type === "array")
        .map((field) => [String(field.name), { style: "form", ...swaggerStyle(field) }]),
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

function fieldSchema(field: JsonObject): JsonObject {
  const schema = swaggerSchema(field);
  return typeof field.description === "string" ? { ...schema, description: field.description } : schema;
}
