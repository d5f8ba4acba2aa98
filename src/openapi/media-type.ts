import type { LoadedDocument } from "./document/library.ts";
import { isObject, type JsonObject, objectOf, textOf } from "./document/value.ts";
import { bareMediaType, type Reader } from "./parameter.ts";
import type { Encoding, MediaType, ParameterStyle } from "./types.ts";

/** https://spec.openapis.org/oas/v3.1.1.html#media-type-object; of 3.2 also `itemSchema`, for a sequence of items. */
export function readMediaType(name: string, value: unknown, from: LoadedDocument, reader: Reader): MediaType {
  const { value: followed, document } = reader.references.follow(value, from);
  const media = objectOf(followed);
  const schema =
    media.schema === undefined && media.itemSchema !== undefined
      ? { type: "array", items: media.itemSchema }
      : media.schema;
  const parameters = name.split(";").slice(1).join(";").trim();
  return {
    mediaType: bareMediaType(name),
    ...(parameters !== "" && { parameters }),
    schema: reader.schemas.root(schema ?? {}, document),
    encoding: isObject(media.encoding) ? readEncodings(media.encoding, document, reader) : NO_ENCODING,
  };
}

const NO_ENCODING: Readonly<Record<string, Encoding>> = Object.freeze({});

function readEncodings(encodings: JsonObject, document: LoadedDocument, reader: Reader) {
  return Object.fromEntries(
    Object.entries(encodings)
      .filter(([, encoding]) => isObject(encoding))
      .map(([property, encoding]) => [property, readEncoding(objectOf(encoding), document, reader)]),
  );
}

/** https://spec.openapis.org/oas/v3.1.1.html#encoding-object. Of headers only those with one fixed value can be sent. */
function readEncoding(encoding: JsonObject, document: LoadedDocument, reader: Reader): Encoding {
  const headers = Object.entries(objectOf(encoding.headers)).flatMap(([name, value]) => {
    const fixed = fixedValue(objectOf(reader.references.follow(value, document).value));
    return fixed === undefined || name.toLowerCase() === "content-type" ? [] : [[name, fixed] as const];
  });
  return {
    ...optional("contentType", textOf(encoding.contentType)),
    ...optional("headers", headers.length > 0 ? Object.fromEntries(headers) : undefined),
    ...optional(
      "style",
      BODY_STYLES.find((style) => style === encoding.style),
    ),
    ...optional("explode", typeof encoding.explode === "boolean" ? encoding.explode : undefined),
    ...optional(
      "allowReserved",
      typeof encoding.allowReserved === "boolean" ? encoding.allowReserved : undefined,
    ),
  };
}

const BODY_STYLES: readonly ParameterStyle[] = ["form", "spaceDelimited", "pipeDelimited", "deepObject"];

function fixedValue(header: JsonObject): string | undefined {
  const schema = objectOf(header.schema);
  const value =
    schema.const ??
    (Array.isArray(schema.enum) && schema.enum.length === 1 ? schema.enum[0] : schema.default);
  return typeof value === "string" ? value : undefined;
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [Name in Key]?: Value } {
  const result: { [Name in Key]?: Value } = {};
  if (value !== undefined) result[key] = value;
  return result;
}
