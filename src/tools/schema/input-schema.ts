/** Creates the input schema of a tool from an operation's parameters and body. */
import type { JsonSchema } from "../../chat/types.ts";
import type { MediaType, Operation, Parameter } from "../../openapi/types.ts";
import type { ArgumentTarget } from "../types.ts";
import { inlineDefinitions } from "./inline-definitions.ts";
import { type BodyKind, chooseMediaType, getBodyKind } from "./media-type.ts";
import { makeNullable, makeRemovable } from "./merge-patch.ts";
import { ModelSchemaWriter } from "./model-schema.ts";
import { toObjectShape } from "./object-shape.ts";
import { buildWithKeys, type PropertyKeys } from "./property-keys.ts";
import { isRecord } from "./schema.ts";
import { listObjectExamples, withExamplesOf } from "./select-example.ts";

export interface InputSchema {
  readonly inputSchema: JsonSchema;
  readonly argumentTargets: Readonly<Record<string, ArgumentTarget>>;
  readonly originalKeys: Readonly<Record<string, string>>;
  readonly media: MediaType | undefined;
}

export interface InputSchemaOptions {
  /** The maximum length of a property's description in characters. */
  readonly descriptionLimit: number;
  /** Excludes parameters that the settings supply, such as credentials. */
  readonly isExcluded?: (parameter: Parameter) => boolean;
}

/**
 * Creates one self-contained schema of an operation's parameters and body. The fields of a plain object body become
 * top-level properties when no name occurs twice. Any other body becomes the property `body`.
 */
export function createInputSchema(operation: Operation, options: InputSchemaOptions): InputSchema {
  return buildWithKeys((keys) => buildInputSchema(operation, options, keys));
}

function buildInputSchema(
  operation: Operation,
  options: InputSchemaOptions,
  keys: PropertyKeys,
): InputSchema {
  const schemas = new ModelSchemaWriter(operation.definitions, keys, options.descriptionLimit);
  const properties = new Map<string, JsonSchema>();
  const argumentTargets = new Map<string, ArgumentTarget>();
  const required: string[] = [];
  const add = (key: string, schema: JsonSchema, target: ArgumentTarget, isRequired: boolean) => {
    properties.set(key, schema);
    argumentTargets.set(key, target);
    if (isRequired) required.push(key);
  };

  operation.parameters.forEach((parameter, index) => {
    if (isTransportHeader(parameter) || options.isExcluded?.(parameter)) return;
    const legalName = keys.toLegalKey(parameter.name);
    const key = argumentTargets.has(legalName)
      ? keys.reserve(`${legalName.slice(0, 50)}_${parameter.in}`)
      : legalName;
    add(
      key,
      createParameterSchema(parameter, schemas, options.descriptionLimit),
      { in: "parameter", index },
      parameter.required || parameter.in === "path",
    );
  });

  const { body } = operation;
  const media = body && chooseMediaType(body.content);
  if (body && media) {
    const kind = getBodyKind(media.mediaType);
    const fields = collectBodyFields(media, kind, operation, schemas, (name) =>
      argumentTargets.has(keys.toLegalKey(name)),
    );
    if (fields) {
      for (const { name, schema, required: isFieldRequired } of fields) {
        const field = createFieldSchema(
          withExamplesOf(name, schema, listObjectExamples(media.schema)),
          kind,
          schemas,
        );
        const fieldInput =
          isMergePatch(media) && !isFieldRequired ? makeNullable(makeRemovable(field)) : field;
        add(keys.toLegalKey(name), fieldInput, { in: "property", name }, isFieldRequired);
      }
    } else {
      const key = argumentTargets.has("body") ? keys.reserve("request_body") : keys.toLegalKey("body");
      const description = body.description === undefined ? {} : { description: body.description };
      const schema = createBodySchema(media, kind, schemas, schemas.write(description));
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
    argumentTargets: Object.fromEntries(argumentTargets),
    originalKeys: keys.originalKeys,
    media,
  };
}

function createParameterSchema(parameter: Parameter, schemas: ModelSchemaWriter, limit: number): JsonSchema {
  const cached = parameterCache.get(parameter);
  if (cached?.limit === limit) return cached.written;
  const { description, example } = parameter;
  const schema = isHttpDate(parameter) ? { ...parameter.schema, format: "http-date" } : parameter.schema;
  const examples = [
    ...(Array.isArray(schema.examples) ? schema.examples : []),
    ...(example === undefined ? [] : [example]),
  ];
  const written = schemas.write({
    ...schema,
    ...(description !== undefined && { description }),
    ...(examples.length > 0 && { examples }),
  });
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

interface Field {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

function collectBodyFields(
  media: MediaType,
  kind: BodyKind,
  operation: Operation,
  schemas: ModelSchemaWriter,
  isTaken: (name: string) => boolean,
): Field[] | undefined {
  if (kind === "text" || kind === "bytes") return undefined;
  const shape = toObjectShape(media.schema, operation.definitions);
  if (!shape) return undefined;
  const fields = Object.entries(shape.properties)
    .filter(([, schema]) => !schemas.isReadOnly(schema))
    .map(([name, schema]) => ({ name, schema, required: shape.required.includes(name) }));
  const isAmbiguous = fields.some(({ name }) => isTaken(name));
  return fields.length === 0 || isAmbiguous ? undefined : fields;
}

function createBodySchema(
  media: MediaType,
  kind: BodyKind,
  schemas: ModelSchemaWriter,
  description: JsonSchema,
): JsonSchema {
  if (kind === "bytes") return { ...createFileSchema(media.schema), ...description };
  if (kind === "text")
    return { type: "string", description: `The body as ${media.mediaType}.`, ...description };
  const schema = schemas.write(media.schema);
  return { ...(isMergePatch(media) ? makeRemovable(schema) : schema), ...description };
}

function isMergePatch({ mediaType }: MediaType): boolean {
  return mediaType === "application/merge-patch+json";
}

/** Checks whether a field of a multipart form is sent as a file. */
export function isFileSchema(schema: JsonSchema, kind: BodyKind): boolean {
  if (kind !== "multipart") return false;
  const isBinary =
    schema.format === "binary" ||
    (schema.contentMediaType !== undefined && schema.contentEncoding === undefined);
  return isBinary && (schema.type === undefined || schema.type === "string");
}

function createFieldSchema(schema: JsonSchema, kind: BodyKind, schemas: ModelSchemaWriter): JsonSchema {
  if (isFileSchema(schema, kind)) return createFileSchema(schema);
  const { items } = schema;
  if (!isRecord(items) || !isFileSchema(items, kind)) return schemas.write(schema);
  return { ...schemas.write({ ...schema, items: {} }), items: createFileSchema(items) };
}

const FILE_HINT =
  "File content: attachment:NAME for a file the user attached, plain text, or a data: URL (data:image/png;base64,…).";

function createFileSchema(schema: JsonSchema): JsonSchema {
  const { description } = schema;
  return {
    type: "string",
    description: typeof description === "string" ? `${description} ${FILE_HINT}` : FILE_HINT,
  };
}

/**
 * Checks for a header that is not an argument. OpenAPI's Parameter Object says that Accept, Content-Type and
 * Authorization "SHALL be ignored"; the others belong to the connection.
 */
function isTransportHeader(parameter: Parameter): boolean {
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
