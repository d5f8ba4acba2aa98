/** Reads the `parameters` of a tool module: JSON Schema, or a library's schema that converts to JSON Schema. */
import { z } from "zod";
import { isRecord } from "../schema/schema.ts";

/** The common interface of schemas of zod, Valibot, ArkType and others: https://standardschema.dev */
interface StandardSchema {
  readonly validate: (value: unknown) => Validation | Promise<Validation>;
  /** https://standardschema.dev/json-schema */
  readonly jsonSchema?: { input(options: { readonly target: "draft-2020-12" }): unknown };
}

type Validation =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export interface ToolParameters {
  readonly jsonSchema: unknown;
  /** Applies the library's defaults, transformations and checks to arguments that fit the JSON Schema. */
  readonly parse?: ((values: unknown) => Promise<ParsedValues>) | undefined;
}

export type ParsedValues =
  | { readonly outcome: "ready"; readonly values: unknown }
  | { readonly outcome: "refused"; readonly problems: readonly string[] };

/** @throws Error when the schema cannot be converted to JSON Schema. */
export function readParameters(parameters: object): ToolParameters {
  const standard = toStandardSchema(parameters);
  const parse = standard && ((values: unknown) => parseValues(standard, values));
  if (isZodSchema(parameters)) return { jsonSchema: zodToJsonSchema(parameters), parse };
  if (standard?.jsonSchema)
    return { jsonSchema: standard.jsonSchema.input({ target: "draft-2020-12" }), parse };
  if (standard !== undefined || "_def" in parameters)
    throw new Error(
      "parameters: this schema cannot be converted to JSON Schema, like those of zod 3; use zod 4 or JSON Schema",
    );
  return { jsonSchema: parameters };
}

function toStandardSchema(parameters: object): StandardSchema | undefined {
  const standard = "~standard" in parameters ? parameters["~standard"] : undefined;
  return isRecord(standard) && typeof standard.validate === "function"
    ? (standard as unknown as StandardSchema)
    : undefined;
}

async function parseValues(standard: StandardSchema, values: unknown): Promise<ParsedValues> {
  const result = await standard.validate(values);
  if (result.issues === undefined) return { outcome: "ready", values: result.value };
  return { outcome: "refused", problems: result.issues.map(describeIssue) };
}

function describeIssue({ path = [], message }: Issue): string {
  const keys = path.map((part) => String(typeof part === "object" ? part.key : part));
  return `${keys.join(".") || "arguments"}: ${message}`;
}

/** Recognises schemas of any copy and version of zod 4, including the module's own. */
function isZodSchema(parameters: object): parameters is z.core.$ZodType {
  return "_zod" in parameters;
}

function zodToJsonSchema(schema: z.core.$ZodType): unknown {
  try {
    return z.toJSONSchema(schema, {
      io: "input",
      unrepresentable: ({ zodSchema }) => JSON_REPRESENTATIONS[zodSchema._zod.def.type],
      // Other copies of zod keep descriptions in their own registry.
      override: ({ zodSchema, jsonSchema }) => {
        if ("description" in zodSchema && typeof zodSchema.description === "string")
          jsonSchema.description ??= zodSchema.description;
      },
    });
  } catch (error) {
    throw new Error(`parameters: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** JSON representations of types without one. `z.coerce` reads them. */
const JSON_REPRESENTATIONS: Readonly<Record<string, z.core.JSONSchema.BaseSchema>> = {
  bigint: { type: "integer" },
  date: { type: "string", format: "date-time" },
};
