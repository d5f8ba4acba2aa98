/** `x-specchat` on an operation: what its author, or an overlay, says of the tool that it becomes. */
import { z } from "zod";
import type { Operation } from "../../openapi/types.ts";
import type { Curation } from "../types.ts";

export interface ReadCuration {
  readonly curation: Curation;
  /** Fields that were given, as they are spelled. */
  readonly fields: readonly CurationField[];
  /** What cannot be read, and what is done instead. */
  readonly problems: readonly string[];
}

const Shape = {
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
  description: z.string().trim().min(1),
  hide: z.boolean(),
  "read-only": z.boolean(),
  confirm: z.enum(["always", "never"]),
  examples: z.array(z.union([z.string().trim().min(1), z.record(z.string(), z.unknown())])),
};

export type CurationField = keyof typeof Shape;
export const CURATION_FIELDS = Object.keys(Shape) as readonly CurationField[];

const EXPECTED: Readonly<Record<CurationField, string>> = {
  name: "a name of at most 64 letters, digits, _ and -; ignored",
  description: "a text; ignored",
  hide: "true or false; the operation is left out until it is mended",
  "read-only": "true or false; taken as false",
  confirm: "always or never; taken as always",
  examples: "a list of texts and of objects with arguments; ignored",
};

/** What stands for a value that cannot be read: nothing that opens what somebody meant to close. */
const CAREFUL: Curation = { hide: true, readOnly: false, confirm: "always" };

const NONE: ReadCuration = { curation: {}, fields: [], problems: [] };

/** Never fails: each field that cannot be read is a problem, and is taken at its most careful. */
export function readCuration({ extensions }: Operation): ReadCuration {
  const written = extensions["x-specchat"];
  if (written === undefined || written === null) return NONE;
  if (typeof written !== "object" || Array.isArray(written))
    return {
      curation: CAREFUL,
      fields: [],
      problems: ["x-specchat is no object; the operation is left out until it is mended"],
    };
  const given: Readonly<Record<string, unknown>> = { ...written };
  const fields = CURATION_FIELDS.filter((field) => Object.hasOwn(given, field));
  const bad: CurationField[] = [];
  const read = <Value>(field: CurationField, shape: z.ZodType<Value>, careful?: Value) => {
    if (!fields.includes(field)) return undefined;
    const parsed = shape.safeParse(given[field]);
    if (!parsed.success) bad.push(field);
    return parsed.success ? parsed.data : careful;
  };
  const curation = {
    name: read("name", Shape.name),
    description: read("description", Shape.description),
    hide: read("hide", Shape.hide, true),
    readOnly: read("read-only", Shape["read-only"], false),
    confirm: read("confirm", Shape.confirm, "always"),
    examples: read("examples", Shape.examples),
  };
  const unknown = Object.keys(given).filter((key) => !Object.hasOwn(Shape, key));
  return {
    curation,
    fields,
    problems: [
      ...bad.map((field) => `x-specchat.${field} is not ${EXPECTED[field]}`),
      ...unknown.map(
        (key) => `x-specchat has no field ${JSON.stringify(key)}; it has ${CURATION_FIELDS.join(", ")}`,
      ),
    ],
  };
}
