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

/** Creates a tool. Its definition is made when it is first needed: a large document has thousands. */
export function createTool(
  name: string,
  operation: Operation,
  api: Api,
  options: ToolOptions,
  curation: Curation = {},
): Tool {
  return new OperationTool({ name, operation, api, options, curation });
}

interface ToolSource {
  readonly name: string;
  readonly operation: Operation;
  readonly api: Api;
  readonly options: ToolOptions;
  readonly curation: Curation;
}

type Definition = Omit<Tool, "name" | "api" | "operation" | "readOnly" | "confirm" | "curation">;

class OperationTool implements Tool {
  readonly name: string;
  readonly api: Api;
  readonly operation: Operation;
  readonly readOnly: boolean;
  readonly confirm: Curation["confirm"];
  readonly curation: Curation;
  readonly #options: ToolOptions;
  #definition: Definition | undefined;

  constructor({ name, operation, api, options, curation }: ToolSource) {
    this.name = name;
    this.api = api;
    this.operation = operation;
    this.readOnly = curation.readOnly ?? READ_ONLY_METHODS.has(operation.method);
    this.confirm = curation.confirm;
    this.curation = curation;
    this.#options = options;
  }

  get description() {
    return this.#define().description;
  }

  get inputSchema() {
    return this.#define().inputSchema;
  }

  get argumentTargets() {
    return this.#define().argumentTargets;
  }

  get originalKeys() {
    return this.#define().originalKeys;
  }

  get forms() {
    return this.#define().forms;
  }

  get tokens() {
    return this.#define().tokens;
  }

  #define(): Definition {
    this.#definition ??= defineTool(this, this.#options);
    return this.#definition;
  }
}

function defineTool(
  { name, operation, api, curation }: Pick<Tool, "name" | "operation" | "api" | "curation">,
  { descriptionLimit }: ToolOptions,
): Definition {
  const input = createInputSchema(operation, {
    descriptionLimit: Math.ceil(descriptionLimit / 2),
    isExcluded: (parameter) => isFilledBySettings(parameter, api),
  });
  const description = describeOperation(operation, descriptionLimit, curation);
  return { ...input, description, tokens: estimateTokens(name, description, input.inputSchema) };
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
