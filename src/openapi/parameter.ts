import { stringifyJson } from "../json.ts";
import type { LoadedDocument } from "./document/library.ts";
import { OperationError } from "./document/operation-error.ts";
import type { References } from "./document/reference.ts";
import { isObject, type JsonObject, objectOf, textOf } from "./document/value.ts";
import type { SchemaReader } from "./schema/schema.ts";
import { extractSwaggerSchema, readItemSeparators, readSwaggerStyle } from "./swagger-parameter.ts";
import type { Parameter, ParameterIn, ParameterStyle } from "./types.ts";

/** The readers that all parts of an operation share, with their caches. */
export interface ReadContext {
  readonly references: References;
  readonly schemas: SchemaReader;
}

const ALLOWED_STYLES: Readonly<Record<ParameterIn, readonly ParameterStyle[]>> = {
  path: ["simple", "label", "matrix"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  header: ["simple"],
  cookie: ["form", "cookie"],
  querystring: [],
};
/** Styles that Swagger 2.0 allows at every location. */
const SWAGGER_STYLES: readonly ParameterStyle[] = ["spaceDelimited", "pipeDelimited", "tabDelimited"];

/** Headers whose "parameter definition SHALL be ignored": https://spec.openapis.org/oas/v3.1.1.html#parameter-name */
const IGNORED_HEADERS: ReadonlySet<string> = new Set(["accept", "content-type", "authorization"]);

/**
 * Reads a Parameter Object (https://spec.openapis.org/oas/v3.1.1.html#parameter-object), or one of 2.0 that is not part
 * of the body. Returns undefined for a header that must be ignored.
 * @throws OperationError when it has no name or no valid location.
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
  const itemSeparators = document.openApiVersion === "2.0" ? readItemSeparators(parameter) : [];
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
    ...(itemSeparators.length > 0 && { itemSeparators }),
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
      ? `parameter ${name} has no location ("in" is missing)`
      : `parameter ${name} has the unknown location ${stringifyJson(location)}`,
  );
}

/**
 * Returns the declared style if its location allows it, otherwise the default:
 * https://spec.openapis.org/oas/v3.1.1.html#style-values
 */
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

const ANY_VALUE = "any value is accepted";

/** Reads `content`, which has one entry: https://spec.openapis.org/oas/v3.1.1.html#fixed-fields-for-use-with-content */
function readContent(parameter: JsonObject, document: LoadedDocument, context: ReadContext) {
  const { references } = context;
  const content = references.followOrWarn(parameter.content, document, ANY_VALUE);
  const entry = Object.entries(objectOf(content.value))[0];
  if (entry === undefined) return undefined;
  const located = references.followOrWarn(entry[1], content.document, ANY_VALUE);
  const media = objectOf(located.value);
  return {
    mediaType: normalizeMediaType(entry[0]),
    schema: media.schema ?? {},
    document: located.document,
    example: readExample(media, located.document, context),
  };
}

/** Returns a media type in lower case, without parameters. */
export function normalizeMediaType(text: string): string {
  return (text.split(";")[0] ?? "").trim().toLowerCase();
}

/** Returns the first value of {@link readExamples}. */
function readExample(source: JsonObject, document: LoadedDocument, context: ReadContext): unknown {
  return readExamples(source, document, context)[0];
}

/** Returns the values of `example`, of `x-example` in 2.0, and of `examples`: https://spec.openapis.org/oas/v3.1.1.html#example-object */
export function readExamples(
  source: JsonObject,
  document: LoadedDocument,
  context: ReadContext,
): readonly unknown[] {
  const own = source.example ?? (document.openApiVersion === "2.0" ? source["x-example"] : undefined);
  if (own !== undefined) return [own];
  if (!isObject(source.examples)) return [];
  return Object.values(source.examples)
    .slice(0, MAX_EXAMPLES)
    .flatMap((entry) => {
      try {
        const example = objectOf(context.references.follow(entry, document).value);
        const value = example.value ?? example.dataValue ?? example.serializedValue;
        return value === undefined ? [] : [value];
      } catch (error) {
        if (error instanceof OperationError) return [];
        throw error;
      }
    });
}

const MAX_EXAMPLES = 5;
