/** Creates a tool from an operation. */
import { stringifyJson } from "../../json.ts";
import type { Operation, Parameter } from "../../openapi/types.ts";
import { describeOperation } from "../schema/description.ts";
import { createInputSchema } from "../schema/input-schema.ts";
import type { Api, Tool } from "../types.ts";
import type { Curation } from "./types.ts";

export interface ToolOptions {
  /** The maximum length of an operation's description in characters. A property's description gets half of it. */
  readonly descriptionLimit: number;
}

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

/** Methods that are safe in the registry of RFC 9110, section 16.1.1. */
const READ_ONLY_METHODS = new Set(["GET", "HEAD", "OPTIONS", "QUERY", "PROPFIND", "REPORT", "SEARCH"]);

/**
 * Estimates the tokens of a tool definition: one per 3.6 characters, plus 12 for the definition's envelope. With current
 * tokenizers, JSON schemas with English descriptions average 3.6 characters a token, prose 4 and bare JSON 3.
 */
export function estimateTokens(name: string, description: string, schema: unknown): number {
  const length = name.length + description.length + stringifyJson(schema).length;
  return Math.ceil(length / 3.6) + 12;
}

/** Checks whether the settings supply the parameter, as a fixed header or as a credential. */
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
