import type { LoadedDocument } from "./document/library.ts";
import { OperationProblem } from "./document/operation-problem.ts";
import type { References } from "./document/reference.ts";
import { isObject, type JsonObject, objectOf, textOf } from "./document/value.ts";
import type { Schemas } from "./schema/schema.ts";
import { swaggerSchema, swaggerStyle } from "./swagger-parameter.ts";
import type { Parameter, ParameterIn, ParameterStyle } from "./types.ts";

/** What reads the parts of an operation, and remembers what it has read. */
export interface Reader {
  readonly references: References;
  readonly schemas: Schemas;
}

const STYLES: Readonly<Record<ParameterIn, readonly ParameterStyle[]>> = {
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
 * @throws OperationProblem when it cannot be sent.
 */
export function readParameter(
  parameter: JsonObject,
  document: LoadedDocument,
  reader: Reader,
): Parameter | undefined {
  const name = textOf(parameter.name);
  if (name === undefined) throw new OperationProblem("a parameter has no name");
  const place = parameterPlace(parameter, name);
  if (place === "header" && IGNORED_HEADERS.has(name.toLowerCase())) return undefined;
  const content = firstContent(parameter, document, reader);
  const style = content === undefined ? styleOf(parameter, place, document) : {};
  const described = content?.schema ?? schemaOf(parameter, document);
  return {
    name,
    in: place,
    required: place === "path" || parameter.required === true,
    description: textOf(parameter.description),
    deprecated: parameter.deprecated === true,
    style: style.style ?? STYLES[place][0] ?? "form",
    explode: style.explode ?? (place === "query" || place === "cookie"),
    allowReserved: parameter.allowReserved === true,
    allowEmptyValue: parameter.allowEmptyValue === true,
    schema: reader.schemas.root(described, content?.document ?? document),
    mediaType: content?.mediaType,
    example: exampleOf(parameter, document, reader) ?? content?.example,
  };
}

function parameterPlace(parameter: JsonObject, name: string): ParameterIn {
  const place = parameter.in;
  if (place === "path" || place === "query" || place === "header" || place === "cookie") return place;
  throw new OperationProblem(
    place === undefined
      ? `parameter ${name} does not say where it goes ("in" is missing)`
      : `parameter ${name} goes in ${JSON.stringify(place)}, which is not known`,
  );
}

/** The defaults: https://spec.openapis.org/oas/v3.1.1.html#style-values. A style that cannot stand there is not used. */
function styleOf(
  parameter: JsonObject,
  place: ParameterIn,
  document: LoadedDocument,
): { style?: ParameterStyle; explode?: boolean } {
  const isSwagger = document.dialect === "2.0";
  const { style: wanted, explode } = isSwagger ? swaggerStyle(parameter) : parameter;
  const known = isSwagger ? [...STYLES[place], ...SWAGGER_STYLES] : STYLES[place];
  const style = known.find((one) => one === wanted) ?? STYLES[place][0] ?? "form";
  return { style, explode: typeof explode === "boolean" ? explode : style === "form" || style === "cookie" };
}

function schemaOf(parameter: JsonObject, document: LoadedDocument): unknown {
  if (parameter.schema !== undefined) return parameter.schema;
  return document.dialect === "2.0" || parameter.type !== undefined ? swaggerSchema(parameter) : {};
}

/** https://spec.openapis.org/oas/v3.1.1.html#fixed-fields-for-use-with-content: "The map MUST only contain one entry." */
function firstContent(parameter: JsonObject, document: LoadedDocument, reader: Reader) {
  const entry = Object.entries(objectOf(parameter.content))[0];
  if (entry === undefined) return undefined;
  const located = reader.references.follow(entry[1], document);
  const media = objectOf(located.value);
  return {
    mediaType: bareMediaType(entry[0]),
    schema: media.schema ?? {},
    document: located.document,
    example: exampleOf(media, located.document, reader),
  };
}

/** Lower case, without parameters. */
export function bareMediaType(text: string): string {
  return (text.split(";")[0] ?? "").trim().toLowerCase();
}

/** `example`, else the first of `examples`: https://spec.openapis.org/oas/v3.1.1.html#example-object */
function exampleOf(holder: JsonObject, document: LoadedDocument, reader: Reader): unknown {
  if (holder.example !== undefined) return holder.example;
  if (!isObject(holder.examples)) return undefined;
  const first = Object.values(holder.examples)[0];
  try {
    const example = objectOf(reader.references.follow(first, document).value);
    return example.value ?? example.dataValue;
  } catch (error) {
    if (error instanceof OperationProblem) return undefined;
    throw error;
  }
}
