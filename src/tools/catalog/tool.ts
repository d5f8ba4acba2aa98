/** Creates a tool from an operation. */
import { stringifyJson } from "../../json.ts";
import type { Operation, Parameter } from "../../openapi/types.ts";
import { describeOperation } from "../schema/description.ts";
import { createInputSchema } from "../schema/input-schema.ts";
import { getOwn } from "../schema/schema.ts";
import type { Api, Tool } from "../types.ts";
import { fingerprintOf } from "./fingerprint.ts";
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
  links = "",
): Tool {
  const input = createInputSchema(operation, {
    descriptionLimit: Math.ceil(options.descriptionLimit / 2),
    isExcluded: (parameter) => isFilledBySettings(parameter, api),
  });
  const describe = (text?: string) => describeOperation(operation, options.descriptionLimit, curation, text);
  const description = describe(links);
  const schemaText = stringifyJson(input.inputSchema);
  const tool = {
    name,
    description,
    ...input,
    api,
    operation,
    tokens: countTokens(name.length + description.length + schemaText.length),
    readOnly: curation.readOnly ?? READ_ONLY_METHODS.has(operation.method),
    confirm: curation.confirm,
    curation,
  };
  // Links name other tools. When those change, this one is still the same.
  return { ...tool, fingerprint: fingerprintOperation({ ...tool, description: describe() }, schemaText) };
}

/** Hashes everything that decides about the requests of an operation, and what the document says of it. */
function fingerprintOperation(
  { api, operation, description, readOnly, confirm, forms }: Omit<Tool, "fingerprint">,
  schemaText: string,
): string {
  const { parameters, security } = operation;
  const schemes = security.flatMap(Object.keys).map((name) => getOwn(api.securitySchemes, name));
  const bodies = forms.map(({ argumentTargets, body }) => [
    argumentTargets,
    body?.content.map(({ mediaType, parameters, encoding }) => [mediaType, parameters, encoding]),
  ]);
  const styles = parameters.map(({ schema, description, example, ...style }) => style);
  return fingerprintOf([
    description,
    schemaText,
    stringifyJson([readOnly, confirm ?? null, security, schemes, bodies, styles]),
  ]);
}

/** Methods that are safe in the registry of RFC 9110, section 16.1.1. */
const READ_ONLY_METHODS = new Set(["GET", "HEAD", "OPTIONS", "QUERY", "PROPFIND", "REPORT", "SEARCH"]);

/**
 * Estimates the tokens of a tool definition: one per 3.6 characters, plus 12 for the definition's envelope. With current
 * tokenizers, JSON schemas with English descriptions average 3.6 characters a token, prose 4 and bare JSON 3.
 */
export function estimateTokens(name: string, description: string, schema: unknown): number {
  return countTokens(name.length + description.length + stringifyJson(schema).length);
}

function countTokens(length: number): number {
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
