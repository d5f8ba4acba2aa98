/** Merges the arguments of several forms of a body into one schema for the model. */
import type { JsonSchema } from "../../chat/types.ts";
import type { BodyForm } from "./body-forms.ts";
import type { Argument } from "./body-schema.ts";
import { makeNullable, makeRemovable } from "./merge-patch.ts";

/** A form of the body and its arguments. */
export interface FormArguments {
  readonly form: BodyForm;
  readonly arguments: readonly Argument[];
}

/**
 * Returns the arguments of all forms. An argument is required when every form requires it. One that only some forms
 * have names their media types.
 */
export function mergeForms(forms: readonly FormArguments[]): readonly Argument[] {
  const [only] = forms;
  if (only && forms.length === 1) return only.arguments;
  const keys = new Set(forms.flatMap((form) => form.arguments.map(({ key }) => key)));
  return [...keys].flatMap((key) => {
    const uses = forms.flatMap(({ form, arguments: list }) => {
      const argument = list.find((one) => one.key === key);
      return argument ? [{ form, argument }] : [];
    });
    const [first] = uses;
    if (!first) return [];
    const isEverywhere = uses.length === forms.length;
    const schema = uses
      .slice(1)
      .reduce((merged, { argument }) => mergeSchemas(merged, argument.schema), first.argument.schema);
    return {
      ...first.argument,
      schema: isEverywhere
        ? schema
        : addNote(
            schema,
            uses.map(({ form }) => form),
          ),
      required: isEverywhere && uses.every(({ argument }) => argument.required),
    };
  });
}

/** Returns a schema that accepts the values of both. */
function mergeSchemas(left: JsonSchema, right: JsonSchema): JsonSchema {
  if (Bun.deepEquals(left, right)) return left;
  if (Bun.deepEquals(makeNullable(makeRemovable(left)), right)) return right;
  const branches = Array.isArray(left.anyOf) && Object.keys(left).length === 1 ? left.anyOf : [left];
  return { anyOf: [...branches, right] };
}

/** Adds the media types in which an argument is sent to its description. */
function addNote(schema: JsonSchema, forms: readonly BodyForm[]): JsonSchema {
  const types = forms.flatMap(({ content }) => content.map(({ mediaType }) => mediaType));
  const shown = types.length > MAX_TYPES ? [...types.slice(0, MAX_TYPES), "…"] : types;
  const note = `(only as ${shown.join(", ")})`;
  const { description } = schema;
  return { ...schema, description: typeof description === "string" ? `${description} ${note}` : note };
}

const MAX_TYPES = 6;
