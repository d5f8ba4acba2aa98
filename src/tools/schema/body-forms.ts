/** Chooses the forms in which the body of an operation can be sent. */
import type { JsonSchema } from "../../chat/types.ts";
import type { MediaType } from "../../openapi/types.ts";
import { findFileSlot, listItemSchemas, listPropertySchemas, listVariants } from "./file-schema.ts";
import {
  type BodyKind,
  canCarryJson,
  getBodyKind,
  getTextSyntax,
  isRange,
  type TextSyntax,
} from "./media-type.ts";
import { isRecord } from "./schema.ts";

type Definitions = Readonly<Record<string, JsonSchema>>;

/**
 * A form of a body. Text and files share one form, whose `content` are the media types that a value can have. Any other
 * form has one media type.
 */
export interface BodyForm {
  readonly kind: BodyKind;
  readonly content: readonly [MediaType, ...MediaType[]];
}

const PREFERENCE: readonly BodyKind[] = [
  "json",
  "form",
  "multipart",
  "lines",
  "yaml",
  "xml",
  "csv",
  "text",
  "bytes",
];

/**
 * Returns the forms of a body, those that a model fills best first: JSON, its variants, forms, written texts, other texts,
 * files; then document order. Leaves out forms that add nothing to an earlier one.
 */
export function listBodyForms(content: readonly MediaType[], definitions: Definitions): readonly BodyForm[] {
  const classified = content
    .map((media) => describeJsonPatch(media, content))
    .flatMap((media) => classify(media, definitions).map((kind) => ({ media, kind })))
    .map((entry, index) => ({ ...entry, index }));
  const rank = ({ media, kind }: { readonly media: MediaType; readonly kind: BodyKind }) =>
    kind !== "json"
      ? PREFERENCE.indexOf(kind)
      : media.mediaType === "application/json"
        ? -1
        : getBodyKind(media.mediaType) === "json"
          ? 0
          : JSON_BY_ANOTHER_NAME;
  const sorted = classified.toSorted((a, b) => rank(a) - rank(b));
  const distinct: BodyForm[] = [];
  for (const { media, kind } of sorted) {
    if (kind === "text" || kind === "bytes") continue;
    if (!distinct.some((form) => isCovered({ kind, content: [media] }, form, definitions)))
      distinct.push({ kind, content: [media] });
  }
  const forms = distinct.map(({ kind, content: [media] }): BodyForm => {
    return { kind, content: [describeRecords(media, definitions)] };
  });
  const isStructured = forms.length > 0;
  const [first, ...rest] = sorted.filter(
    ({ media, kind }) =>
      kind === "bytes" || (kind === "text" && !(isStructured && isObjectLike(media.schema))),
  );
  if (!first) return forms;
  const raw = [first, ...rest].toSorted((a, b) => a.index - b.index);
  const kind = raw.some((entry) => entry.kind === "bytes") ? "bytes" : "text";
  return [...forms, { kind, content: [first.media, ...rest.map(({ media }) => media)] }];
}

/** After JSON, forms and multipart, before text. */
const JSON_BY_ANOTHER_NAME = 2.5;

/** Returns the kinds of body that a media type can have. A range without a schema takes JSON and files. */
function classify(media: MediaType, definitions: Definitions): readonly BodyKind[] {
  const kind = getBodyKind(media.mediaType);
  if (kind === "multipart" || kind === "form") return [kind];
  const slot = findFileSlot([media.schema], "multipart", definitions);
  if (slot?.encoding === "binary" && !slot.acceptsText) return ["bytes"];
  const syntax = getTextSyntax(media.mediaType);
  if (syntax && isStructured(media.schema, syntax, definitions)) return [syntax];
  if (kind === "bytes" && Object.keys(media.schema).length === 0 && media.examples?.some(isStructure))
    return ["json"];
  if (kind !== "json" && canCarryJson(media) && isObjectLike(media.schema)) return ["json"];
  const isOpen = kind === "json" && isRange(media.mediaType) && !media.mediaType.includes("+");
  return isOpen && slot?.encoding === "binary" ? ["json", "bytes"] : [kind];
}

/**
 * Checks whether a form adds nothing to another: it has the same schema, and no value that only it can carry, such as a
 * file or a null that removes a member.
 */
function isCovered(form: BodyForm, other: BodyForm, definitions: Definitions): boolean {
  const [[media], [otherMedia]] = [form.content, other.content];
  if (!Bun.deepEquals(media.schema, otherMedia.schema)) return false;
  if (isMergePatch(media) !== isMergePatch(otherMedia)) return false;
  if (form.kind === "multipart" && other.kind !== "multipart") return !hasFile(media, definitions);
  return true;
}

/** Checks for a merge patch, where null removes a member. */
function isMergePatch({ mediaType }: MediaType): boolean {
  return mediaType.endsWith("merge-patch+json");
}

/**
 * Describes a JSON Patch as a list of operations where the document describes it as any object, or as the same object as
 * a merge patch. .NET declares the media type for bodies that are no patches; they keep their schema.
 */
function describeJsonPatch(media: MediaType, content: readonly MediaType[]): MediaType {
  if (media.mediaType !== "application/json-patch+json") return media;
  const { type, properties, items } = media.schema;
  const isShared = content.some((other) => isMergePatch(other) && Bun.deepEquals(other.schema, media.schema));
  const isFree = (type === undefined || type === "object") && Object.keys(media.schema).every(isVague);
  if (items !== undefined || !(isFree || (isShared && properties !== undefined))) return media;
  return { ...media, schema: JSON_PATCH };
}

/** Describes CSV and JSON lines as a list of records where the document describes one record. */
function describeRecords(media: MediaType, definitions: Definitions): MediaType {
  const syntax = getTextSyntax(media.mediaType);
  if (syntax !== "csv" && syntax !== "lines") return media;
  const variants = listVariants([media.schema], definitions);
  if (syntax === "lines" && Object.keys(media.schema).length === 0)
    return { ...media, schema: { type: "array" } };
  const isRecordSchema = variants.some(
    ({ type, properties }) => type === "object" || properties !== undefined,
  );
  return isRecordSchema ? { ...media, schema: { type: "array", items: media.schema } } : media;
}

function isVague(keyword: string): boolean {
  return ["type", "description", "title", "additionalProperties", "format", "example"].includes(keyword);
}

/** A JSON Patch: RFC 6902, section 4. */
const JSON_PATCH: JsonSchema = {
  type: "array",
  description: "A JSON Patch: operations on the document, in order.",
  items: {
    type: "object",
    properties: {
      op: { type: "string", enum: ["add", "remove", "replace", "move", "copy", "test"] },
      path: { type: "string", description: "A JSON Pointer such as /name or /tags/0." },
      from: { type: "string", description: "The JSON Pointer that `move` and `copy` take the value from." },
      value: { description: "The value of `add`, `replace` and `test`." },
    },
    required: ["op", "path"],
  },
};

/** Checks whether a field of a form, or an item of one, can be a file. */
function hasFile({ schema, encoding }: MediaType, definitions: Definitions): boolean {
  if (Object.values(encoding).some(({ contentType }) => contentType && getBodyKind(contentType) === "bytes"))
    return true;
  const names = listVariants([schema], definitions).flatMap(({ properties }) =>
    isRecord(properties) ? Object.keys(properties) : [],
  );
  // The empty name stands for undeclared fields.
  return [...new Set([...names, ""])].some((name) => {
    const schemas = listPropertySchemas([schema], name, definitions);
    const slot = findFileSlot(
      [...schemas, ...listItemSchemas(schemas, definitions)],
      "multipart",
      definitions,
    );
    return slot !== undefined && (name !== "" || !slot.acceptsText);
  });
}

/** Checks whether a value can be an object or a list. XML cannot be written without names of elements. */
function isStructured(schema: JsonSchema, syntax: TextSyntax, definitions: Definitions): boolean {
  // A line without a schema can be any value.
  if (syntax === "lines" && Object.keys(schema).length === 0) return true;
  return listVariants([schema], definitions).some((variant) =>
    syntax === "xml"
      ? variant.properties !== undefined || variant.items !== undefined
      : isObjectLike(variant),
  );
}

function isStructure(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isObjectLike({ type, properties }: JsonSchema): boolean {
  return type === "object" || type === "array" || properties !== undefined;
}
