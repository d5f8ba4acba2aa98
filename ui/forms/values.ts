/** Converts between values of JSON and the texts of a form. Pure. */
import { parseExact, stringifyExact } from "../json/exact.ts";
import type { Field } from "./fields.ts";

export type FormObject = Readonly<Record<string, unknown>>;

/** Returns the object without the field if `value` is undefined. */
export function withValue(object: FormObject, name: string, value: unknown): FormObject {
  const { [name]: _before, ...rest } = object;
  return value === undefined ? rest : { ...object, [name]: value };
}

/** Returns the text of a value in its field. */
export function toText(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : stringifyExact(value);
}

/** Returns the value of a text. A text that is no number stays a text: the server says what is wrong with it. */
export function fromText(text: string, { kind, isRequired }: Pick<Field, "kind" | "isRequired">): unknown {
  if (text === "" && !(kind === "text" && isRequired)) return undefined;
  return kind === "number" ? toNumber(text.trim()) : text;
}

/** Keeps integers beyond 2^53. */
function toNumber(text: string): unknown {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? parseExact(text) : text;
}

/** Returns whether a form with these fields shows everything that the value has. */
export function fits(fields: readonly Field[], value: unknown): value is FormObject {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([name, member]) => {
    const field = fields.find((one) => one.name === name);
    return field !== undefined && fitsField(field, member);
  });
}

function fitsField(field: Field, value: unknown): boolean {
  switch (field.kind) {
    case "json":
      return true;
    case "object":
      return fits(field.fields, value);
    case "list": {
      const { item } = field;
      return Array.isArray(value) && item !== undefined && value.every((one) => fitsField(item, one));
    }
    case "choice":
      return field.choices.some((choice) => stringifyExact(choice) === stringifyExact(value));
    case "boolean":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number" || typeof value === "bigint";
    case "text":
      return typeof value === "string";
  }
}

/** Returns the value of a new entry of a list. */
export function emptyValue({ kind, choices }: Pick<Field, "kind" | "choices">): unknown {
  if (kind === "choice") return choices[0];
  return { text: "", number: 0, boolean: false, list: [], object: {}, json: null }[kind];
}

export function isObject(value: unknown): value is FormObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
