/** Creates the arguments of a body. */
import type { JsonSchema } from "../../chat/types.ts";
import type { MediaType, Operation } from "../../openapi/types.ts";
import type { ArgumentTarget } from "../types.ts";
import type { BodyForm } from "./body-forms.ts";
import { describeFile, getFileSlot, isFileType } from "./file-schema.ts";
import type { BodyKind } from "./media-type.ts";
import { makeNullable, makeRemovable } from "./merge-patch.ts";
import type { ModelSchemaWriter } from "./model-schema.ts";
import { toObjectShape } from "./object-shape.ts";
import type { PropertyKeys } from "./property-keys.ts";
import { getOwn, isRecord } from "./schema.ts";
import { explainAlias } from "./schema-texts.ts";
import { listObjectExamples, withExamplesOf } from "./select-example.ts";
import { createSyntaxSchema } from "./syntax-schema.ts";
import { createTextSchema } from "./text-body.ts";

/** An argument before it is part of a tool's schema. */
export interface Argument {
  readonly key: string;
  readonly schema: JsonSchema;
  readonly target: ArgumentTarget;
  readonly required: boolean;
}

export interface BodyContext {
  readonly operation: Operation;
  readonly schemas: ModelSchemaWriter;
  readonly keys: PropertyKeys;
  /** Checks whether a parameter has the key. */
  readonly isTaken: (key: string) => boolean;
  /** Returns the key of an argument that is the whole body. */
  readonly getBodyKey: () => string;
}

/** Creates the arguments of a body in one form: its fields, or the whole body. */
export function createBodyArguments(form: BodyForm, context: BodyContext): readonly Argument[] {
  const [media] = form.content;
  const fields = collectFields(form, context);
  if (!fields) return [createWholeBody(form, context)];
  return fields.map(({ name, schema, required }) => {
    const key = context.keys.toLegalKey(name);
    const field = explainAlias(createField(name, schema, form, context), key, name);
    return {
      key,
      schema: isMergePatch(media) && !required ? makeNullable(makeRemovable(field)) : field,
      target: { in: "property", name },
      required,
    };
  });
}

interface Field {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** Returns the fields that can be arguments of their own; undefined when the body must be one argument. */
function collectFields(form: BodyForm, context: BodyContext): readonly Field[] | undefined {
  const { operation, schemas, keys, isTaken } = context;
  if (!FIELD_KINDS.has(form.kind)) return undefined;
  const shape = toObjectShape(form.content[0].schema, operation.definitions);
  if (!shape) return undefined;
  const fields = Object.entries(shape.properties)
    .filter(([, schema]) => !schemas.isReadOnly(schema))
    .map(([name, schema]) => ({ name, schema, required: shape.required.includes(name) }));
  const isAmbiguous = fields.some(({ name }) => isTaken(keys.toLegalKey(name)));
  return fields.length === 0 || isAmbiguous ? undefined : fields;
}

/** The kinds of body whose fields can be arguments. */
const FIELD_KINDS: ReadonlySet<BodyKind> = new Set(["json", "form", "multipart"]);

/** Creates the schema of a field. The encoding of a form can declare that a string is a file. */
function createField(
  name: string,
  schema: JsonSchema,
  { kind, content: [media] }: BodyForm,
  { schemas }: BodyContext,
): JsonSchema {
  const own = withExamplesOf(name, schema, listObjectExamples(media.schema));
  const examples = listObjectExamples({ examples: media.examples });
  const written = schemas.writeBody(withExamplesOf(name, own, examples, true), kind, name);
  const isFile =
    kind === "multipart" &&
    isFileType(getOwn(media.encoding, name)?.contentType) &&
    written.type === "string" &&
    getFileSlot(schema, kind) === undefined;
  return isFile ? describeFile(written) : written;
}

function createWholeBody(form: BodyForm, { operation, schemas, getBodyKey }: BodyContext): Argument {
  const { body } = operation;
  const description = body?.description === undefined ? {} : { description: body.description };
  return {
    key: getBodyKey(),
    schema:
      form.kind === "text"
        ? createTextSchema(form.content, body?.description)
        : createWholeSchema(form, schemas, schemas.write(description), operation.definitions),
    target: { in: "body" },
    required: body?.required === true,
  };
}

function createWholeSchema(
  { kind, content }: BodyForm,
  schemas: ModelSchemaWriter,
  description: JsonSchema,
  definitions: Operation["definitions"],
): JsonSchema {
  const [media] = content;
  if (kind === "xml" || kind === "csv" || kind === "lines" || kind === "yaml")
    return createSyntaxSchema(
      kind,
      media,
      schemas.writeBody(media.schema, kind),
      textOf(description.description),
      definitions,
    );
  if (kind === "bytes") {
    const file = describeFile({ ...media.schema, type: "string", ...description });
    const texts = [...(media.examples ?? []), ...listOf(media.schema.examples)];
    const example = texts.find((text) => typeof text === "string" && text.length <= MAX_TEXT_EXAMPLE);
    return example === undefined ? file : { ...file, examples: [example] };
  }
  const isUntyped = kind === "multipart" && Object.keys(media.schema).length === 0;
  const schema = schemas.writeBody(isUntyped ? { type: "object" } : markFiles(media), kind);
  const isDescribed = Object.keys(media.schema).length > 0;
  const examples =
    media.examples && schemas.writeExamples(media.examples, media.schema, isDescribed ? 400 : 2000);
  return {
    ...(isMergePatch(media) ? makeRemovable(schema) : schema),
    ...description,
    ...(examples !== undefined && { examples }),
  };
}

/** Marks the items of a list as files where their encoding declares it. */
function markFiles({ schema, positions }: MediaType): JsonSchema {
  if (!positions) return schema;
  const { prefixItems, items } = schema;
  const mark = (item: unknown, contentType: string | undefined): unknown =>
    isFileType(contentType) && isRecord(item) && (item.type ?? "string") === "string" && !item.$ref
      ? { ...item, type: "string", format: "binary" }
      : item;
  return {
    ...schema,
    ...(Array.isArray(prefixItems) && {
      prefixItems: prefixItems.map((item, index) =>
        mark(item, (positions.first[index] ?? positions.others).contentType),
      ),
    }),
    ...(items !== undefined && { items: mark(items, positions.others.contentType) }),
  };
}

/** Characters of an example of a text or a file. */
const MAX_TEXT_EXAMPLE = 400;

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isMergePatch({ mediaType }: MediaType): boolean {
  return mediaType === "application/merge-patch+json";
}
