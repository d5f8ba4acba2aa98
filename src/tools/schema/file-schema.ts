/** Recognizes the values of a body that hold a file. */
import type { JsonSchema } from "../../chat/types.ts";
import { type BodyKind, getBodyKind } from "./media-type.ts";
import { getDefinitionName, isRecord, withTarget } from "./schema.ts";

type Definitions = Readonly<Record<string, JsonSchema>>;

/** How a string holds a file: as its bytes, or as text that encodes them. */
export type FileEncoding = "binary" | "base64" | "base64url";

/** A place for a file. */
export interface FileSlot {
  readonly encoding: FileEncoding;
  /** True when ordinary text is valid as well. Otherwise any text is the content of a file. */
  readonly acceptsText: boolean;
  /** The media type that the schema declares. */
  readonly mediaType?: string | undefined;
}

/**
 * Returns how a schema itself, without the schemas that it combines, holds a file. A form (`multipart/…`) carries bytes;
 * other bodies carry only encoded text. Returns undefined for a schema that holds none.
 */
export function getFileSlot(schema: JsonSchema, kind: BodyKind): FileSlot | undefined {
  const { type, format, contentEncoding, contentMediaType } = schema;
  if (!allowsString(type) || schema.enum !== undefined || schema.const !== undefined) return undefined;
  const mediaType = typeof contentMediaType === "string" ? contentMediaType : undefined;
  const encoding = typeof contentEncoding === "string" ? contentEncoding.toLowerCase() : undefined;
  if (encoding === "base64" || encoding === "base64url") return { encoding, acceptsText: true, mediaType };
  if (encoding === undefined && (format === "byte" || format === "base64"))
    return { encoding: "base64", acceptsText: true, mediaType };
  if (kind !== "multipart") return undefined;
  if (format === "binary" || format === "file" || encoding === "binary")
    return { encoding: "binary", acceptsText: false, mediaType };
  if (encoding === undefined && mediaType !== undefined)
    return { encoding: "binary", acceptsText: getBodyKind(mediaType) !== "bytes", mediaType };
  return isAnything(schema) ? { encoding: "binary", acceptsText: true } : undefined;
}

/** Returns how a value that meets any of the schemas holds a file, through references and combined schemas. */
export function findFileSlot(
  schemas: readonly JsonSchema[],
  kind: BodyKind,
  definitions: Definitions,
): FileSlot | undefined {
  const variants = listVariants(schemas, definitions);
  const slots = variants.flatMap((variant) => getFileSlot(variant, kind) ?? []);
  const [first] = slots;
  if (!first) return undefined;
  const slot = slots.find(({ encoding, acceptsText }) => encoding === "binary" && !acceptsText) ?? first;
  const acceptsText =
    slots.some((one) => one.acceptsText) ||
    variants.some((variant) => isPlainString(variant) && getFileSlot(variant, kind) === undefined);
  return { ...slot, acceptsText };
}

/** Returns the schemas with all that they refer to and combine: `$ref`, `allOf`, `anyOf` and `oneOf`, at any depth. */
export function listVariants(
  schemas: readonly JsonSchema[],
  definitions: Definitions,
): readonly JsonSchema[] {
  const found = new Set<JsonSchema>(schemas);
  // A set is iterated in insertion order, including entries added during the loop.
  for (const schema of found) {
    const name = getDefinitionName(schema, definitions);
    const target = name === undefined ? undefined : definitions[name];
    if (target) found.add(target);
    for (const keyword of ["allOf", "anyOf", "oneOf"]) {
      const parts = schema[keyword];
      // A part of `allOf` that only describes the value says nothing about what it is.
      const isSilent = (part: JsonSchema) => keyword === "allOf" && isAnything(part);
      if (Array.isArray(parts))
        for (const part of parts) if (isRecord(part) && !isSilent(part)) found.add(part);
    }
  }
  return [...found];
}

/** Returns the schemas of a property: those declared under its name, otherwise those of undeclared names, which may be any. */
export function listPropertySchemas(
  schemas: readonly JsonSchema[],
  name: string,
  definitions: Definitions,
): readonly JsonSchema[] {
  const variants = listVariants(schemas, definitions);
  const declared = variants.flatMap(({ properties }) =>
    isRecord(properties) && Object.hasOwn(properties, name) ? [properties[name]] : [],
  );
  if (declared.length > 0) return declared.filter(isRecord);
  const others = variants.flatMap(({ additionalProperties, patternProperties }) => [
    additionalProperties,
    ...(isRecord(patternProperties) ? Object.values(patternProperties) : []),
  ]);
  const isClosed = others.includes(false);
  const schemasOfOthers = others.filter(isRecord);
  return schemasOfOthers.length > 0 || isClosed ? schemasOfOthers : [{}];
}

/** Returns the schemas of the items of a list. */
export function listItemSchemas(
  schemas: readonly JsonSchema[],
  definitions: Definitions,
): readonly JsonSchema[] {
  return listVariants(schemas, definitions)
    .flatMap(({ items, prefixItems }) => [items, ...(Array.isArray(prefixItems) ? prefixItems : [])])
    .filter(isRecord);
}

/** Returns the schemas of the item at a position of a list. */
export function listPositionSchemas(
  schemas: readonly JsonSchema[],
  index: number,
  definitions: Definitions,
): readonly JsonSchema[] {
  return listVariants(schemas, definitions)
    .map(({ items, prefixItems }) => (Array.isArray(prefixItems) ? prefixItems[index] : undefined) ?? items)
    .filter(isRecord);
}

/**
 * Describes a string that holds a file, or a reference to one, to the model. The constraints of encoded text do not
 * apply to the argument. Returns undefined for another schema.
 */
export function describeFileSlot(
  schema: JsonSchema,
  kind: BodyKind,
  definitions: Definitions,
  shortenText: (text: string) => string | undefined,
): JsonSchema | undefined {
  const target = withTarget(schema, definitions);
  const slot = getFileSlot(target, kind);
  if (!slot) return undefined;
  const description = typeof target.description === "string" ? shortenText(target.description) : undefined;
  const type = target.type ?? (isAnything(target) ? undefined : "string");
  return describeFile({ type, description }, slot.encoding);
}

/** Describes the values that a file argument takes. Other keywords than its type and description do not apply to it. */
export function describeFile(
  { type, description }: JsonSchema,
  encoding: FileEncoding = "binary",
): JsonSchema {
  const hint = encoding === "binary" ? FILE_HINT : ENCODED_FILE_HINT;
  return {
    ...(type !== undefined && { type }),
    description: typeof description === "string" ? `${description} ${hint}` : hint,
  };
}

/** Checks whether an encoding's media types, separated by commas, begin with one of files. */
export function isFileType(types: string | undefined): boolean {
  const [first = ""] = (types ?? "").split(",");
  return first.trim() !== "" && getBodyKind(first.trim().toLowerCase()) === "bytes";
}

const FILE_HINT =
  "File content: attachment:NAME for a file the user attached, plain text, or a data: URL (data:image/png;base64,…).";
const ENCODED_FILE_HINT = "Base64 text, or attachment:NAME for a file the user attached.";

function allowsString(type: unknown): boolean {
  return type === undefined || type === "string" || (Array.isArray(type) && type.includes("string"));
}

function isPlainString({ type }: JsonSchema): boolean {
  return type !== undefined && allowsString(type);
}

/** Checks for a schema that describes a value but does not constrain it. In a form, its value can be a file. */
function isAnything(schema: JsonSchema): boolean {
  return Object.keys(schema).every((keyword) => DESCRIPTIONS.has(keyword) || keyword.startsWith("x-"));
}

const DESCRIPTIONS: ReadonlySet<string> = new Set(["title", "description", "deprecated"]);
