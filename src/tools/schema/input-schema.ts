import type { JsonSchema } from "../../chat/types.ts";
import type { MediaType, Operation, Parameter } from "../../openapi/types.ts";
import type { Place } from "../types.ts";
import { inlineDefinitions } from "./inline-definitions.ts";
import { type BodyKind, bodyKind, chooseMediaType } from "./media-type.ts";
import { orNull, removable } from "./merge-patch.ts";
import { ModelSchemas } from "./model-schema.ts";
import { objectShape } from "./object-shape.ts";
import { type PropertyKeys, withKeys } from "./property-keys.ts";
import { isRecord } from "./schema.ts";

export interface InputSchema {
  readonly inputSchema: JsonSchema;
  readonly places: Readonly<Record<string, Place>>;
  readonly renames: Readonly<Record<string, string>>;
  readonly media: MediaType | undefined;
}

export interface InputSchemaOptions {
  /** Characters of one property's description. */
  readonly descriptionLimit: number;
  /** Parameters that the model must not fill: credentials and headers that settings send. */
  readonly withheld?: (parameter: Parameter) => boolean;
}

/**
 * One self-contained schema for all an operation takes: its parameters, and beside them the body's fields when the body
 * is a plain object and no name stands twice; else the body whole, as `body`.
 */
export function inputSchema(operation: Operation, options: InputSchemaOptions): InputSchema {
  return withKeys((keys) => build(operation, options, keys));
}

function build(operation: Operation, options: InputSchemaOptions, keys: PropertyKeys): InputSchema {
  const schemas = new ModelSchemas(operation.definitions, keys, options.descriptionLimit);
  const properties = new Map<string, JsonSchema>();
  const places = new Map<string, Place>();
  const required: string[] = [];
  const add = (key: string, schema: JsonSchema, place: Place, isRequired: boolean) => {
    properties.set(key, schema);
    places.set(key, place);
    if (isRequired) required.push(key);
  };

  operation.parameters.forEach((parameter, index) => {
    if (isTransport(parameter) || options.withheld?.(parameter)) return;
    const legal = keys.legal(parameter.name);
    const key = places.has(legal) ? keys.unused(`${legal.slice(0, 50)}_${parameter.in}`) : legal;
    add(
      key,
      parameterSchema(parameter, schemas, options.descriptionLimit),
      { in: "parameter", index },
      parameter.required || parameter.in === "path",
    );
  });

  const { body } = operation;
  const media = body && chooseMediaType(body.content);
  if (body && media) {
    const kind = bodyKind(media.mediaType);
    const fields = flatFields(media, kind, operation, schemas, (name) => places.has(keys.legal(name)));
    if (fields) {
      for (const { name, schema, required: needed } of fields) {
        const field = fieldSchema(schema, kind, schemas);
        const written = isMergePatch(media) && !needed ? orNull(removable(field)) : field;
        add(keys.legal(name), written, { in: "property", name }, needed);
      }
    } else {
      const key = places.has("body") ? keys.unused("request_body") : keys.legal("body");
      const described = body.description === undefined ? {} : { description: body.description };
      const schema = wholeBody(media, kind, schemas, schemas.write(described));
      add(key, schema, { in: "body" }, body.required);
    }
  }

  const definitions = schemas.definitions;
  return {
    inputSchema: inlineDefinitions({
      type: "object",
      properties: Object.fromEntries(properties),
      ...(required.length > 0 && { required }),
      ...(Object.keys(definitions).length > 0 && { $defs: definitions }),
    }),
    places: Object.fromEntries(places),
    renames: keys.renames,
    media,
  };
}

function parameterSchema(parameter: Parameter, schemas: ModelSchemas, limit: number): JsonSchema {
  const known = plainParameters.get(parameter);
  if (known?.limit === limit) return known.written;
  const { description, example } = parameter;
  const schema = isHttpDate(parameter) ? { ...parameter.schema, format: "http-date" } : parameter.schema;
  const isExample = example !== undefined && schema.example === undefined && schema.examples === undefined;
  const written = schemas.write({
    ...schema,
    ...(description !== undefined && { description }),
    ...(isExample && { examples: [example] }),
  });
  if (PLAIN_TYPES.has(schema.type) && !REFERRING.some((keyword) => schema[keyword] !== undefined))
    plainParameters.set(parameter, { limit, written });
  return written;
}

/** Headers whose dates are HTTP's (`Sat, 31 Jan 2026 09:30:00 GMT`, RFC 9110, section 5.6.7), whatever a document calls them. */
function isHttpDate({ in: place, name, schema }: Parameter): boolean {
  return (
    place === "header" &&
    schema.format === "date-time" &&
    /^(date|expires|last-modified|if-range|(.*-)?if-(un)?modified-since)$/i.test(name)
  );
}

// Documents share a few parameters among hundreds of operations; what refers to nothing is written once.
const plainParameters = new WeakMap<Parameter, { readonly limit: number; readonly written: JsonSchema }>();
const REFERRING = ["$ref", "oneOf", "anyOf", "allOf", "not", "if"] as const;
const PLAIN_TYPES = new Set<unknown>(["string", "integer", "number", "boolean"]);

interface Field {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

function flatFields(
  media: MediaType,
  kind: BodyKind,
  operation: Operation,
  schemas: ModelSchemas,
  isTaken: (name: string) => boolean,
): Field[] | undefined {
  if (kind === "text" || kind === "bytes") return undefined;
  const shape = objectShape(media.schema, operation.definitions);
  if (!shape) return undefined;
  const fields = Object.entries(shape.properties)
    .filter(([, schema]) => !schemas.isReadOnly(schema))
    .map(([name, schema]) => ({ name, schema, required: shape.required.includes(name) }));
  const ambiguous = fields.some(({ name }) => isTaken(name));
  return fields.length === 0 || ambiguous ? undefined : fields;
}

function wholeBody(
  media: MediaType,
  kind: BodyKind,
  schemas: ModelSchemas,
  described: JsonSchema,
): JsonSchema {
  if (kind === "bytes") return { ...fileSchema(media.schema), ...described };
  if (kind === "text")
    return { type: "string", description: `The body as ${media.mediaType}.`, ...described };
  const schema = schemas.write(media.schema);
  return { ...(isMergePatch(media) ? removable(schema) : schema), ...described };
}

function isMergePatch({ mediaType }: MediaType): boolean {
  return mediaType === "application/merge-patch+json";
}

/** A field that is sent as a file: binary content in a form. */
export function isFile(schema: JsonSchema, kind: BodyKind): boolean {
  if (kind !== "multipart") return false;
  const binary =
    schema.format === "binary" ||
    (schema.contentMediaType !== undefined && schema.contentEncoding === undefined);
  return binary && (schema.type === undefined || schema.type === "string");
}

function fieldSchema(schema: JsonSchema, kind: BodyKind, schemas: ModelSchemas): JsonSchema {
  if (isFile(schema, kind)) return fileSchema(schema);
  const { items } = schema;
  if (!isRecord(items) || !isFile(items, kind)) return schemas.write(schema);
  return { ...schemas.write({ ...schema, items: {} }), items: fileSchema(items) };
}

const FILE =
  "File content: attachment:NAME for a file the person attached, plain text, or a data: URL (data:image/png;base64,…).";

function fileSchema(schema: JsonSchema): JsonSchema {
  const { description } = schema;
  return { type: "string", description: typeof description === "string" ? `${description} ${FILE}` : FILE };
}

/** Headers that the connection, the body or the credentials decide: "shall be ignored", section Parameter Object; the rest would change what is sent. */
function isTransport(parameter: Parameter): boolean {
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
