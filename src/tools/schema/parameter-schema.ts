/** Creates the schemas of arguments that are parameters. */
import type { JsonSchema } from "../../chat/types.ts";
import type { Parameter } from "../../openapi/types.ts";
import type { ModelSchemaWriter } from "./model-schema.ts";

/** Rewrites the schema of a parameter for the model, with its description and example. */
export function createParameterSchema(
  parameter: Parameter,
  schemas: ModelSchemaWriter,
  limit: number,
): JsonSchema {
  const cached = parameterCache.get(parameter);
  if (cached?.limit === limit) return cached.written;
  const { description, example } = parameter;
  const schema = isHttpDate(parameter) ? { ...parameter.schema, format: "http-date" } : parameter.schema;
  const examples = [
    ...(Array.isArray(schema.examples) ? schema.examples : []),
    ...(example === undefined ? [] : [example]),
  ];
  const written = schemas.write(
    {
      ...schema,
      ...(description !== undefined && { description }),
      ...(examples.length > 0 && { examples }),
    },
    parameter.name,
  );
  if (PLAIN_TYPES.has(schema.type) && !COMPOSITE_KEYWORDS.some((keyword) => schema[keyword] !== undefined))
    parameterCache.set(parameter, { limit, written });
  return written;
}

/** Checks for a header with an HTTP date (RFC 9110, section 5.6.7), which documents often declare as `date-time`. */
function isHttpDate({ in: location, name, schema }: Parameter): boolean {
  return (
    location === "header" &&
    schema.format === "date-time" &&
    /^(date|expires|last-modified|if-range|(.*-)?if-(un)?modified-since)$/i.test(name)
  );
}

/** Rewritten schemas of parameters without references. Documents share these among hundreds of operations. */
const parameterCache = new WeakMap<Parameter, { readonly limit: number; readonly written: JsonSchema }>();
const COMPOSITE_KEYWORDS = ["$ref", "oneOf", "anyOf", "allOf", "not", "if"] as const;
const PLAIN_TYPES = new Set<unknown>(["string", "integer", "number", "boolean"]);

/**
 * Checks for a header that is not an argument. OpenAPI's Parameter Object says that Accept, Content-Type and
 * Authorization "SHALL be ignored"; the others belong to the connection.
 */
export function isTransportHeader(parameter: Parameter): boolean {
  return parameter.in === "header" && TRANSPORT_HEADERS.has(parameter.name.toLowerCase());
}

const TRANSPORT_HEADERS = new Set([
  "accept",
  "content-type",
  "authorization",
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
