import type { Operation, Parameter } from "../../openapi/types.ts";
import { describeOperation } from "../schema/description.ts";
import { createInputSchema } from "../schema/input-schema.ts";
import type { Api, Tool } from "../types.ts";
import type { Curation } from "./types.ts";

export interface ToolOptions {
  /** Characters of an operation's description; a property's gets half of it. */
  readonly descriptionLimit: number;
}

/** The tool that an operation becomes under a name. */
export function createTool(
  name: string,
  operation: Operation,
  api: Api,
  options: ToolOptions,
  curation: Curation = {},
): Tool {
  const input = createInputSchema(operation, {
    descriptionLimit: Math.ceil(options.descriptionLimit / 2),
    isExcluded: (parameter) => isFilledBySettings(parameter, api),
  });
  const description = describeOperation(operation, options.descriptionLimit, curation);
  return {
    name,
    description,
    ...input,
    api,
    operation,
    tokens: estimateTokens(name, description, input.inputSchema),
    readOnly: curation.readOnly ?? READ_ONLY_METHODS.has(operation.method),
    confirm: curation.confirm,
    curation,
  };
}

const READ_ONLY_METHODS = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

/**
 * About how many tokens a definition costs: a token for 3.6 characters, which is what JSON schemas with English
 * descriptions come to with current tokenizers (prose alone has about 4, bare JSON about 3), and 12 for the frame that
 * each definition is wrapped in.
 */
export function estimateTokens(name: string, description: string, schema: unknown): number {
  const length = name.length + description.length + JSON.stringify(schema).length;
  return Math.ceil(length / 3.6) + 12;
}

function isFilledBySettings(parameter: Parameter, api: Api): boolean {
  const name = parameter.name.toLowerCase();
  if (parameter.in === "header" && Object.keys(api.headers).some((header) => header.toLowerCase() === name))
    return true;
  return Object.values(api.securitySchemes).some(
    (scheme) =>
      scheme.type === "apiKey" &&
      scheme.in === parameter.in &&
      (scheme.in === "header" ? scheme.name.toLowerCase() === name : scheme.name === parameter.name),
  );
}
