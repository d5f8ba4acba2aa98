/** Reads the export of a tool module. */
import { suggestName, type Validate } from "../arguments/validator.ts";
import { fingerprintDefinition } from "../catalog/fingerprint.ts";
import { MAX_NAME_LENGTH } from "../catalog/names.ts";
import { estimateTokens } from "../catalog/tool.ts";
import { isRecord } from "../schema/schema.ts";
import type { CustomCaller, CustomTool } from "../types.ts";
import { readParameters } from "./parameters.ts";
import { createRun } from "./run.ts";
import { createCustomSchema } from "./schema.ts";

/** The default export of a `*.tool.ts`. */
interface ToolModule {
  readonly name: string;
  readonly description: string;
  readonly parameters: object;
  readonly readOnly?: boolean | undefined;
  readonly confirm?: "always" | "never" | undefined;
  run(values: unknown, caller: CustomCaller, signal: AbortSignal): unknown;
}

/** Field → its check, and the expected value in an error message. */
const FIELDS: Readonly<
  Record<string, { readonly isValid: (value: unknown) => boolean; readonly expected: string }>
> = {
  name: {
    isValid: (value) => typeof value === "string" && VALID_NAME.test(value),
    expected: `1 to ${MAX_NAME_LENGTH} characters of a-z, A-Z, 0-9, _ and -`,
  },
  description: {
    isValid: (value) => typeof value === "string" && value.trim() !== "",
    expected: "a non-empty string that describes the tool to the model",
  },
  parameters: {
    isValid: (value) => (typeof value === "object" && value !== null) || typeof value === "function",
    expected: "a JSON Schema or a zod schema",
  },
  run: { isValid: (value) => typeof value === "function", expected: "a function" },
  readOnly: {
    isValid: (value) => value === undefined || typeof value === "boolean",
    expected: "true or false",
  },
  confirm: {
    isValid: (value) => value === undefined || value === "always" || value === "never",
    expected: '"always" or "never"',
  },
};
const VALID_NAME = new RegExp(`^[a-zA-Z0-9_-]{1,${MAX_NAME_LENGTH}}$`);

/**
 * Reads a tool from a module's default export.
 * @param source The name of the module's file.
 * @throws Error with the reason when the export is invalid.
 */
export function readTool(exported: unknown, source: string, validate: Validate): CustomTool {
  const module = validateModule(exported);
  const { jsonSchema, parse } = readParameters(module.parameters);
  const schema = createCustomSchema(jsonSchema);
  const { name, readOnly = false, confirm } = module;
  const description = module.description.trim();
  return {
    name,
    description,
    inputSchema: schema.inputSchema,
    source,
    tokens: estimateTokens(name, description, schema.inputSchema),
    fingerprint: fingerprintDefinition([description, jsonSchema, readOnly, confirm ?? null]),
    readOnly,
    confirm,
    run: createRun({
      name,
      schema,
      validate,
      parse,
      run: (values, caller, signal) => module.run(values, caller, signal),
    }),
  };
}

function validateModule(exported: unknown): ToolModule {
  if (!isRecord(exported))
    throw new Error("must have a default export with name, description, parameters and run");
  const unknownField = Object.keys(exported).find((key) => !Object.hasOwn(FIELDS, key));
  if (unknownField !== undefined)
    throw new Error(`${unknownField}: is unknown${suggestName(unknownField, Object.keys(FIELDS))}`);
  const invalid = Object.entries(FIELDS).find(([field, { isValid }]) => !isValid(exported[field]));
  if (invalid !== undefined) throw new Error(`${invalid[0]}: must be ${invalid[1].expected}`);
  return exported as unknown as ToolModule;
}
