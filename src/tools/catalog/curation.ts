/** Reads the `x-specchat` extension of an operation, written by the API's author or by an overlay. */
import { z } from "zod";
import type { Operation } from "../../openapi/types.ts";
import type { Curation } from "./types.ts";

export interface CurationResult {
  readonly curation: Curation;
  /** The fields that are present, as they are spelled in the document. */
  readonly fields: readonly CurationField[];
  /** Invalid fields, each with the value used instead. */
  readonly problems: readonly string[];
}

const FIELD_SCHEMAS = {
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
  description: z.string().trim().min(1),
  hide: z.boolean(),
  "read-only": z.boolean(),
  confirm: z.enum(["always", "never"]),
  pin: z.boolean(),
  examples: z.array(z.union([z.string().trim().min(1), z.record(z.string(), z.unknown())])),
};

export type CurationField = keyof typeof FIELD_SCHEMAS;
export const CURATION_FIELDS = Object.keys(FIELD_SCHEMAS) as readonly CurationField[];

const EXPECTED: Readonly<Record<CurationField, string>> = {
  name: "a name of at most 64 letters, digits, _ and -; ignored",
  description: "a non-empty string; ignored",
  hide: "true or false; the operation is excluded until this is fixed",
  "read-only": "true or false; false is used",
  confirm: "always or never; always is used",
  pin: "true or false; ignored",
  examples: "a list of strings and argument objects; ignored",
};

/** Replaces an extension that is not an object. Each value is the most restrictive one. */
const SAFE_DEFAULTS: Curation = { hide: true, readOnly: false, confirm: "always" };

const NO_CURATION: CurationResult = { curation: {}, fields: [], problems: [] };

/** Reads the extension. Never throws: an invalid field is reported, and its most restrictive value is used. */
export function readCuration({ extensions }: Operation): CurationResult {
  const raw = extensions["x-specchat"];
  if (raw === undefined || raw === null) return NO_CURATION;
  if (typeof raw !== "object" || Array.isArray(raw))
    return {
      curation: SAFE_DEFAULTS,
      fields: [],
      problems: ["x-specchat is not an object; the operation is excluded until this is fixed"],
    };
  const values: Readonly<Record<string, unknown>> = { ...raw };
  const fields = CURATION_FIELDS.filter((field) => Object.hasOwn(values, field));
  const invalid: CurationField[] = [];
  const parseField = <Value>(field: CurationField, schema: z.ZodType<Value>, fallback?: Value) => {
    if (!fields.includes(field)) return undefined;
    const parsed = schema.safeParse(values[field]);
    if (!parsed.success) invalid.push(field);
    return parsed.success ? parsed.data : fallback;
  };
  const curation = {
    name: parseField("name", FIELD_SCHEMAS.name),
    description: parseField("description", FIELD_SCHEMAS.description),
    hide: parseField("hide", FIELD_SCHEMAS.hide, true),
    readOnly: parseField("read-only", FIELD_SCHEMAS["read-only"], false),
    confirm: parseField("confirm", FIELD_SCHEMAS.confirm, "always"),
    pin: parseField("pin", FIELD_SCHEMAS.pin),
    examples: parseField("examples", FIELD_SCHEMAS.examples),
  };
  const unknown = Object.keys(values).filter((key) => !Object.hasOwn(FIELD_SCHEMAS, key));
  return {
    curation,
    fields,
    problems: [
      ...invalid.map((field) => `x-specchat.${field} is not ${EXPECTED[field]}`),
      ...unknown.map(
        (key) =>
          `x-specchat has no field ${JSON.stringify(key)}; known fields: ${CURATION_FIELDS.join(", ")}`,
      ),
    ],
  };
}
