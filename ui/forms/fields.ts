/** Reads a JSON Schema as fields of a form. Pure. What no field can show is edited as JSON. */

export type FieldKind = "text" | "number" | "boolean" | "choice" | "list" | "object" | "json";

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly description: string | undefined;
  readonly isRequired: boolean;
  /** The values of a `choice`. */
  readonly choices: readonly unknown[];
  /** The fields of an `object`. */
  readonly fields: readonly Field[];
  /** The entries of a `list`. */
  readonly item: Field | undefined;
}

type Schema = Readonly<Record<string, unknown>>;

/** Deeper values are edited as JSON. A schema may refer to itself. */
const MAX_DEPTH = 4;

/** Returns the fields of an object schema, required ones first. */
export function readFields(schema: unknown): readonly Field[] {
  const root = toSchema(schema);
  return fieldsOf(root, root, 0);
}

function fieldsOf(schema: Schema, root: Schema, depth: number): readonly Field[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const fields = Object.entries(toSchema(schema.properties)).map(([name, property]) =>
    fieldOf(name, property, required.includes(name), root, depth),
  );
  return fields.toSorted((one, other) => Number(other.isRequired) - Number(one.isRequired));
}

function fieldOf(name: string, property: unknown, isRequired: boolean, root: Schema, depth: number): Field {
  const schema = simplify(resolve(toSchema(property), root), root);
  const choices = Array.isArray(schema.enum) ? schema.enum : "const" in schema ? [schema.const] : [];
  const kind = choices.length > 0 ? "choice" : kindOf(schema, depth);
  return {
    name,
    kind,
    description: typeof schema.description === "string" ? schema.description : undefined,
    isRequired,
    choices,
    fields: kind === "object" ? fieldsOf(schema, root, depth + 1) : [],
    item: kind === "list" ? fieldOf(name, schema.items, true, root, depth + 1) : undefined,
  };
}

function kindOf(schema: Schema, depth: number): FieldKind {
  const types = [schema.type].flat().filter((type) => type !== "null");
  const [type] = types;
  if (types.length !== 1) return "json";
  if (type === "string") return "text";
  if (type === "integer" || type === "number") return "number";
  if (type === "boolean") return "boolean";
  if (depth >= MAX_DEPTH) return "json";
  if (type === "array" && Object.keys(toSchema(schema.items)).length > 0) return "list";
  const hasFields = Object.keys(toSchema(schema.properties)).length > 0;
  // Further members have no field, so that they would be lost.
  const isClosed = schema.additionalProperties === undefined || schema.additionalProperties === false;
  return type === "object" && hasFields && isClosed ? "object" : "json";
}

/** Returns the one alternative of a value that may also be null, with the description of the whole. */
function simplify(schema: Schema, root: Schema): Schema {
  const alternatives = [schema.anyOf, schema.oneOf].find(Array.isArray);
  const [first, ...others] = (alternatives ?? [])
    .map((one) => resolve(toSchema(one), root))
    .filter(({ type }) => type !== "null");
  if (first === undefined || others.length > 0) return schema;
  return { ...first, ...(schema.description !== undefined && { description: schema.description }) };
}

/** Follows references within the schema. */
function resolve(schema: Schema, root: Schema, depth = 0): Schema {
  const { $ref: reference, ...rest } = schema;
  if (typeof reference !== "string" || !reference.startsWith("#/") || depth > MAX_DEPTH) return schema;
  const target = reference
    .slice(2)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<Schema>((at, part) => toSchema(Object.hasOwn(at, part) ? at[part] : undefined), root);
  return { ...resolve(target, root, depth + 1), ...rest };
}

function toSchema(value: unknown): Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Schema) : {};
}
