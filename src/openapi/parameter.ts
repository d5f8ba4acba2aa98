import type { LoadedDocument } from "./document/library.ts";
import { OperationError } from "./document/operation-error.ts";
import type { References } from "./document/reference.ts";
import { isObject, type JsonObject, objectOf, textOf } from "./document/value.ts";
import type { SchemaReader } from "./schema/schema.ts";
import { extractSwaggerSchema, readSwaggerStyle } from "./swagger-parameter.ts";
import type { Parameter, ParameterIn, ParameterStyle } from "./types.ts";

/** What reads the parts of an operation, and remembers what it has read. */
export interface ReadContext {
  readonly references: References;
  readonly schemas: SchemaReader;
}

const ALLOWED_STYLES: Readonly<Record<ParameterIn, readonly ParameterStyle[]>> = {
  path: ["simple", "label", "matrix"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  header: ["simple"],
  cookie: ["form", "cookie"],
};
/** In 2.0 lists may be delimited everywhere. */
const SWAGGER_STYLES: readonly ParameterStyle[] = ["spaceDelimited", "pipeDelimited", "tabDelimited"];

/** "the parameter definition SHALL be ignored": https://spec.openapis.org/oas/v3.1.1.html#parameter-name */
const IGNORED_HEADERS: ReadonlySet<string> = new Set(["accept", "content-type", "authorization"]);

/**
 * https://spec.openapis.org/oas/v3.1.1.html#parameter-object, or a 2.0 one that is neither body nor form.
 * Undefined for a header that the specification says to ignore.
 * @throws OperationError when it cannot be sent.
 */
export function readParameter(
  parameter: JsonObject,
  document: LoadedDocument,
  context: ReadContext,
): Parameter | undefined {
  const name = textOf(parameter.name);
  if (name === undefined) throw new OperationError("a parameter has no name");
  const location = readLocation(parameter, name);
  if (location === "header" && IGNORED_HEADERS.has(name.toLowerCase())) return undefined;
  const content = readContent(parameter, document, context);
  const style = content === undefined ? resolveStyle(parameter, location, document) : {};
  const rawSchema = content?.schema ?? getSchema(parameter, document);
  return {
    name,
    in: location,
    required: location === "path" || parameter.required === true,
    description: textOf(parameter.description),
    deprecated: parameter.deprecated === true,
    style: style.style ?? ALLOWED_STYLES[location][0] ?? "form",
    explode: style.explode ?? (location === "query" || location === "cookie"),
    allowReserved: parameter.allowReserved === true,
    allowEmptyValue: parameter.allowEmptyValue === true,
    schema: context.schemas.readRoot(rawSchema, content?.document ?? document),
    mediaType: content?.mediaType,
    example: readExample(parameter, document, context) ?? content?.example,
  };
}

function readLocation(parameter: JsonObject, name: string): ParameterIn {
  const location = parameter.in;
  if (location === "path" || location === "query" || location === "header" || location === "cookie")
    return location;
  throw new OperationError(
    location === undefined
      ? `parameter ${name} does not say where it goes ("in" is missing)`
      : `parameter ${name} goes in ${JSON.stringify(location)}, which is not known`,
  );
}

/** The defaults: https://spec.openapis.org/oas/v3.1.1.html#style-values. A style that cannot stand there is not used. */
function resolveStyle(
  parameter: JsonObject,
  location: ParameterIn,
  document: LoadedDocument,
): { style?: ParameterStyle; explode?: boolean } {
  const isSwagger = document.openApiVersion === "2.0";
  const { style: declared, explode } = isSwagger ? readSwaggerStyle(parameter) : parameter;
  const allowed = isSwagger ? [...ALLOWED_STYLES[location], ...SWAGGER_STYLES] : ALLOWED_STYLES[location];
  const style = allowed.find((candidate) => candidate === declared) ?? ALLOWED_STYLES[location][0] ?? "form";
  return { style, explode: typeof explode === "boolean" ? explode : style === "form" || style === "cookie" };
}

function getSchema(parameter: JsonObject, document: LoadedDocument): unknown {
  if (parameter.schema !== undefined) return parameter.schema;
  return document.openApiVersion === "2.0" || parameter.type !== undefined
    ? extractSwaggerSchema(parameter)
    : {};
}

/** https://spec.openapis.org/oas/v3.1.1.html#fixed-fields-for-use-with-content: "The map MUST only contain one entry." */
function readContent(parameter: JsonObject, document: LoadedDocument, context: ReadContext) {
  const entry = Object.entries(objectOf(parameter.content))[0];
  if (entry === undefined) return undefined;
  const located = context.references.follow(entry[1], document);
  const media = objectOf(located.value);
  return {
    mediaType: normalizeMediaType(entry[0]),
    schema: media.schema ?? {},
    document: located.document,
    example: readExample(media, located.document, context),
  };
}

/** Lower case, without parameters. */
export function normalizeMediaType(text: string): string {
  return (text.split(";")[0] ?? "").trim().toLowerCase();
}

/** `example`, else the first of `examples`: https://spec.openapis.org/oas/v3.1.1.html#example-object */
function readExample(source: JsonObject, document: LoadedDocument, context: ReadContext): unknown {
  if (source.example !== undefined) return source.example;
  if (!isObject(source.examples)) return undefined;
  const first = Object.values(source.examples)[0];
  try {
    const example = objectOf(context.references.follow(first, document).value);
    return example.value ?? example.dataValue;
  } catch (error) {
    if (error instanceof OperationError) return undefined;
    throw error;
  }
}
