/** Reads a model's arguments: coerces, validates and restores the document's keys. */
import type { JsonSchema } from "../../chat/types.ts";
import { isSimilarName } from "../catalog/find-tool.ts";
import { renameDeclaredKeys } from "../schema/declared-keys.ts";
import { toObjectShape } from "../schema/object-shape.ts";
import { getOwn, isRecord } from "../schema/schema.ts";
import type { CallForm, Tool } from "../types.ts";
import { countFiles } from "./attachments.ts";
import { acceptsNull, coerce } from "./coerce.ts";
import { describeUnknown, type Validate } from "./validator.ts";

/** Coerced and valid arguments. Nested keys are the document's when returned by `readArguments`. */
export type ParsedArguments =
  | {
      readonly outcome: "ready";
      readonly values: Readonly<Record<string, unknown>>;
      /** Lines for the model, about values that were sent although they look wrong. */
      readonly notes?: readonly string[];
    }
  | { readonly outcome: "refused"; readonly problems: readonly string[] };

/** The arguments of an API tool's call and the form in which they are sent. */
export type ReadArguments =
  | (Extract<ParsedArguments, { outcome: "ready" }> & { readonly form: CallForm })
  | Extract<ParsedArguments, { outcome: "refused" }>;

/**
 * Reads the arguments of an API tool, with the document's nested keys. The call has the form that accepts them: the one
 * that carries most of the files, then the one that changes the fewest values, then the first.
 */
export function readArguments(
  tool: Tool,
  input: Readonly<Record<string, unknown>>,
  validate: Validate,
): ReadArguments {
  const candidates = tool.forms.map((form) => readForm(tool, form, input, validate));
  const [best] = candidates
    .filter(({ parsed }) => parsed.outcome === "ready")
    .toSorted((a, b) => b.files - a.files || a.changes - b.changes);
  const nearest = () => candidates.toSorted((a, b) => countProblems(a) - countProblems(b))[0];
  return (best ?? nearest())?.parsed ?? { outcome: "refused", problems: [] };
}

/** The arguments as one form takes them, and how well it fits. */
interface Candidate {
  readonly parsed: ReadArguments;
  /** The weight of the files that it carries. */
  readonly files: number;
  /** The number of arguments that were coerced or left out. */
  readonly changes: number;
}

function readForm(
  tool: Tool,
  form: CallForm,
  input: Readonly<Record<string, unknown>>,
  validate: Validate,
): Candidate {
  const normalized = normalizeBodyArguments(form, input);
  const notes: string[] = [];
  const parsed = readValues(
    form.inputSchema,
    normalized,
    (values) => validate(selectSchema(tool, form, values), values, (note) => notes.push(note)),
    createFieldFilter(tool, form, normalized),
  );
  if (parsed.outcome === "refused") return { parsed, files: 0, changes: 0 };
  const values = withOriginalKeys(tool, form, parsed.values);
  const result = {
    parsed: { outcome: "ready", values, form, ...(notes.length > 0 && { notes }) },
  } as const;
  if (tool.forms.length === 1) return { ...result, files: 0, changes: 0 };
  const isChanged = (key: string) => !Bun.deepEquals(normalized[key], parsed.values[key]);
  const changes = Object.keys(normalized).filter(isChanged).length;
  return { ...result, files: countFiles(tool, form, values), changes };
}

function countProblems({ parsed }: Candidate): number {
  return parsed.outcome === "refused" ? parsed.problems.length : 0;
}

/**
 * Returns which undeclared arguments are fields of the body: those of an open object that are not a misspelled name.
 * Models invent and misspell arguments, so a name that resembles one that is left out is refused.
 */
function createFieldFilter(
  tool: Tool,
  form: CallForm,
  input: Readonly<Record<string, unknown>>,
): ((key: string) => boolean) | undefined {
  if (!form.body || !hasBodyFields(form)) return undefined;
  if (toObjectShape(form.body.content[0].schema, tool.operation.definitions)?.isClosed !== false)
    return undefined;
  const { properties } = tool.inputSchema;
  const declared = new Set(isRecord(properties) ? Object.keys(properties) : []);
  const missing = [...declared].filter((name) => !Object.hasOwn(input, name));
  let remaining = MAX_COMPARISONS;
  return (key) => {
    if (declared.has(key)) return false;
    remaining -= missing.length;
    return remaining < 0 || !missing.some((name) => isSimilarName(key, name));
  };
}

/** Comparisons of names. Someone who sends so many fields has not misspelled one. */
const MAX_COMPARISONS = 5000;
/**
 * Coerces and validates arguments, under the model's keys. `validate` returns the problems of the values. Undeclared
 * arguments are accepted when `acceptsUndeclared` returns true for them.
 */
export function readValues(
  schema: JsonSchema,
  input: Readonly<Record<string, unknown>>,
  validate: (values: Readonly<Record<string, unknown>>) => readonly string[],
  acceptsUndeclared: (key: string) => boolean = () => false,
): ParsedArguments {
  if (isDeeperThan(input, MAX_DEPTH))
    return { outcome: "refused", problems: [`arguments: nested deeper than ${MAX_DEPTH} levels`] };
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const definitions = isRecord(schema.$defs) ? schema.$defs : {};
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const values = new Map<string, unknown>();
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(input)) {
    const property =
      getOwn(properties, key) ??
      additionalPropertySchema(schema) ??
      (acceptsUndeclared(key) ? {} : undefined);
    if (value === undefined) continue;
    if (!isRecord(property)) {
      unknown.push(key);
      continue;
    }
    const isEmpty = value === null || (value === "" && !acceptsString(property));
    if (isEmpty && !required.has(key) && !(value === null && acceptsNull(property, definitions))) continue;
    values.set(key, coerce(value, property, definitions));
  }
  const coerced = Object.fromEntries(values);
  const problems = [...describeUnknown(unknown, Object.keys(properties)), ...validate(coerced)];
  return problems.length > 0 ? { outcome: "refused", problems } : { outcome: "ready", values: coerced };
}

/**
 * Returns the schema of an undeclared argument; undefined when there is none. Models invent arguments, so undeclared
 * ones are refused unless the schema allows them explicitly.
 */
function additionalPropertySchema({ additionalProperties, patternProperties }: JsonSchema): unknown {
  if (isRecord(additionalProperties)) return additionalProperties;
  return additionalProperties === true || patternProperties !== undefined ? {} : undefined;
}

/**
 * Corrects two mistakes that models make with bodies: fields nested in `body` that belong at the top level, and
 * fields at the top level that belong in `body`.
 */
function normalizeBodyArguments(
  form: CallForm,
  input: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { argumentTargets } = form;
  const targets = Object.entries(argumentTargets);
  const bodyKey = targets.find(([, target]) => target.in === "body")?.[0];
  if (bodyKey === undefined) {
    const { body, ...rest } = input;
    const isWrapped =
      isRecord(body) &&
      !Object.hasOwn(argumentTargets, "body") &&
      hasBodyFields(form) &&
      // No field replaces another argument of the same name.
      !Object.keys(body).some((key) => Object.hasOwn(rest, key));
    return isWrapped ? { ...rest, ...body } : input;
  }
  const unknownKeys = Object.keys(input).filter((key) => !Object.hasOwn(argumentTargets, key));
  if (Object.hasOwn(input, bodyKey) || unknownKeys.length === 0 || !acceptsObject(form, bodyKey))
    return input;
  const known = Object.entries(input).filter(([key]) => Object.hasOwn(argumentTargets, key));
  return {
    ...Object.fromEntries(known),
    [bodyKey]: Object.fromEntries(unknownKeys.map((key) => [key, input[key]])),
  };
}

function hasBodyFields({ argumentTargets }: CallForm): boolean {
  return Object.values(argumentTargets).some((target) => target.in === "property");
}

function acceptsObject({ inputSchema }: CallForm, key: string): boolean {
  const properties = isRecord(inputSchema.properties) ? inputSchema.properties : {};
  const schema = getOwn(properties, key);
  return isRecord(schema) && schema.type !== "string" && schema.type !== "array";
}

/**
 * Selects the schema to validate against. A tool's schema requires the required fields of an optional body, since
 * documents often forget to declare a body as required. A call without any body field sends no body and is valid.
 */
function selectSchema(
  { operation }: Tool,
  form: CallForm,
  values: Readonly<Record<string, unknown>>,
): JsonSchema {
  const { inputSchema, argumentTargets } = form;
  const isBodyField = (key: unknown) => getOwn(argumentTargets, String(key))?.in === "property";
  if (operation.body?.required || !Array.isArray(inputSchema.required)) return inputSchema;
  if (!inputSchema.required.some(isBodyField) || Object.keys(values).some(isBodyField)) return inputSchema;
  let schema = schemasWithoutBody.get(form);
  if (!schema) {
    schema = { ...inputSchema, required: inputSchema.required.filter((key) => !isBodyField(key)) };
    schemasWithoutBody.set(form, schema);
  }
  return schema;
}

const schemasWithoutBody = new WeakMap<CallForm, JsonSchema>();

/** Higher than in any real argument, and safe for recursion. */
const MAX_DEPTH = 200;

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function acceptsString(schema: Record<string, unknown>): boolean {
  const { type } = schema;
  return type === undefined || type === "string" || (Array.isArray(type) && type.includes("string"));
}

function withOriginalKeys(
  tool: Tool,
  form: CallForm,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (Object.keys(tool.originalKeys).length === 0) return values;
  const { properties, $defs } = form.inputSchema;
  const schemas = isRecord(properties) ? properties : {};
  const definitions = isRecord($defs) ? $defs : {};
  const originalKey = (key: string) => getOwn(tool.originalKeys, key) ?? key;
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      renameDeclaredKeys(value, getOwn(schemas, key), definitions, originalKey),
    ]),
  );
}
