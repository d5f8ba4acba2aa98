/** What a module exports, read as a tool. */

import { didYouMean, type Validate } from "../arguments/validator.ts";
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

/** Field → what it has to be. */
const FIELDS: Readonly<Record<string, { readonly is: (value: unknown) => boolean; readonly what: string }>> =
  {
    name: {
      is: (value) => typeof value === "string" && VALID_NAME.test(value),
      what: `1 to ${MAX_NAME_LENGTH} of the characters a-z, A-Z, 0-9, _ and -`,
    },
    description: {
      is: (value) => typeof value === "string" && value.trim() !== "",
      what: "a text that tells the model what the tool is for",
    },
    parameters: {
      is: (value) => (typeof value === "object" && value !== null) || typeof value === "function",
      what: "a JSON Schema or a zod schema",
    },
    run: { is: (value) => typeof value === "function", what: "a function" },
    readOnly: { is: (value) => value === undefined || typeof value === "boolean", what: "true or false" },
    confirm: {
      is: (value) => value === undefined || value === "always" || value === "never",
      what: '"always" or "never"',
    },
  };
const VALID_NAME = new RegExp(`^[a-zA-Z0-9_-]{1,${MAX_NAME_LENGTH}}$`);

/** `exported`: the module's default export; `source`: its file's name. @throws Error saying what is wrong with it. */
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
    throw new Error("it has no default export with name, description, parameters and run");
  const unknownField = Object.keys(exported).find((key) => !Object.hasOwn(FIELDS, key));
  if (unknownField !== undefined)
    throw new Error(`${unknownField}: is not known${didYouMean(unknownField, Object.keys(FIELDS))}`);
  const invalid = Object.entries(FIELDS).find(([field, { is }]) => !is(exported[field]));
  if (invalid !== undefined) throw new Error(`${invalid[0]}: must be ${invalid[1].what}`);
  return exported as unknown as ToolModule;
}
