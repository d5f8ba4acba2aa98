import { type LoadedDocument, splitReference } from "./document/library.ts";
import { splitPointer } from "./document/pointer.ts";
import { isObject, type JsonObject, objectOf, textOf, textsOf, writeText } from "./document/value.ts";
import { normalizeMediaType, type ReadContext, readExamples } from "./parameter.ts";
import type { Encoding, EncodingByPosition, MediaType, ParameterStyle } from "./types.ts";

/**
 * Reads a Media Type Object: https://spec.openapis.org/oas/v3.1.1.html#media-type-object. Supports `itemSchema` of 3.2,
 * the schema of each item in a sequence.
 */
export function readMediaType(
  name: string,
  value: unknown,
  from: LoadedDocument,
  context: ReadContext,
): MediaType {
  const { value: resolved, document } = context.references.followOrWarn(
    value,
    from,
    "any value is accepted in its place",
  );
  const media = objectOf(resolved);
  const schema = addItemSchema(media.schema, media.itemSchema);
  const parameters = name.split(";").slice(1).join(";").trim();
  const examples = readExamples(media, document, context);
  return {
    mediaType: normalizeMediaType(name),
    ...(parameters !== "" && { parameters }),
    schema: context.schemas.readRoot(schema ?? {}, document),
    ...optional("schemaName", isXml(name) ? readSchemaName(schema) : undefined),
    ...(examples.length > 0 && { examples }),
    encoding: isObject(media.encoding) ? readEncodings(name, media.encoding, document, context) : NO_ENCODING,
    ...optional("positions", readPositions(media, document, context)),
  };
}

/** Returns a schema of the whole list, whose items are described apart. */
function addItemSchema(schema: unknown, itemSchema: unknown): unknown {
  if (itemSchema === undefined) return schema;
  if (schema === undefined) return { type: "array", items: itemSchema };
  return isObject(schema) && schema.$ref === undefined && schema.items === undefined
    ? { type: "array", ...schema, items: itemSchema }
    : schema;
}

function readPositions(
  { prefixEncoding, itemEncoding }: JsonObject,
  document: LoadedDocument,
  context: ReadContext,
): EncodingByPosition | undefined {
  if (prefixEncoding === undefined && itemEncoding === undefined) return undefined;
  const read = (encoding: unknown) => readEncoding(objectOf(encoding), document, context);
  return {
    first: Array.isArray(prefixEncoding) ? prefixEncoding.map(read) : [],
    others: read(itemEncoding),
  };
}

function isXml(mediaType: string): boolean {
  return /[/+]xml\s*(;|$)/i.test(mediaType);
}

/** Returns the last part of a reference: `Order` of `#/components/schemas/Order`, `order.yaml` or `order.yaml#Order`. */
function readSchemaName(schema: unknown): string | undefined {
  const reference = textOf(objectOf(schema).$ref);
  if (reference === undefined) return undefined;
  const { address, fragment } = splitReference(reference);
  if (fragment === "")
    return address
      .split("/")
      .at(-1)
      ?.replace(/\.\w+$/, "");
  return fragment.startsWith("/") ? splitPointer(fragment).at(-1) : fragment;
}

const NO_ENCODING: Readonly<Record<string, Encoding>> = Object.freeze({});

function readEncodings(
  mediaType: string,
  encodings: JsonObject,
  document: LoadedDocument,
  context: ReadContext,
) {
  // "SHALL be ignored": https://spec.openapis.org/oas/v3.0.4.html#encoding-object
  const isPerItem = isVersion32(document);
  const hasStyle = document.openApiVersion !== "3.0" || !/^multipart/i.test(mediaType);
  return Object.fromEntries(
    Object.entries(encodings)
      .filter(([, encoding]) => isObject(encoding))
      .map(([property, encoding]) => [
        property,
        {
          ...readEncoding(objectOf(encoding), document, context),
          ...(hasStyle && readEncodingStyle(objectOf(encoding), document)),
          ...(isPerItem && { isPerItem }),
        },
      ]),
  );
}

function isVersion32({ root }: LoadedDocument): boolean {
  return writeText(objectOf(root).openapi).startsWith("3.2");
}

/**
 * Reads an Encoding Object: https://spec.openapis.org/oas/v3.1.1.html#encoding-object. Keeps only headers with a fixed
 * value, because nothing supplies the others.
 */
function readEncoding(encoding: JsonObject, document: LoadedDocument, context: ReadContext): Encoding {
  const headers = Object.entries(objectOf(encoding.headers)).flatMap(([name, value]) => {
    const fixed = readFixedValue(
      objectOf(context.references.followOrWarn(value, document, "the header is left out").value),
    );
    return fixed === undefined || name.toLowerCase() === "content-type" ? [] : [[name, fixed] as const];
  });
  return {
    ...optional("contentType", textOf(encoding.contentType)),
    ...optional("headers", headers.length > 0 ? Object.fromEntries(headers) : undefined),
  };
}

function readEncodingStyle(encoding: JsonObject, { openApiVersion }: LoadedDocument): Encoding {
  const isSwagger = openApiVersion === "2.0";
  const separators = isSwagger ? textsOf(encoding.itemSeparators) : [];
  return {
    ...optional(
      "style",
      (isSwagger ? SWAGGER_STYLES : BODY_STYLES).find((style) => style === encoding.style),
    ),
    ...optional("itemSeparators", separators.length > 0 ? separators : undefined),
    ...optional("explode", typeof encoding.explode === "boolean" ? encoding.explode : undefined),
    ...optional(
      "allowReserved",
      typeof encoding.allowReserved === "boolean" ? encoding.allowReserved : undefined,
    ),
  };
}

const BODY_STYLES: readonly ParameterStyle[] = ["form", "spaceDelimited", "pipeDelimited", "deepObject"];

const SWAGGER_STYLES: readonly ParameterStyle[] = ["form", "spaceDelimited", "pipeDelimited", "tabDelimited"];

function readFixedValue(header: JsonObject): string | undefined {
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
