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

/** Creates a tool. Its definition is made when it is first needed: a large document has thousands. */
export function createTool(
  name: string,
  operation: Operation,
  api: Api,
  options: ToolOptions,
  curation: Curation = {},
  links = "",
): Tool {
  return new OperationTool({ name, operation, api, options, curation, links });
}

/** What a caller's permissions change of a tool. */
export interface ToolChange {
  readonly confirm: Curation["confirm"];
  /** What the description says of the tools that follow. */
  readonly links: string;
}

/** Returns a tool with other links or another approval. It does the same, so its fingerprint and its schema stay. */
export function changeTool(tool: Tool, change: ToolChange): Tool {
  return tool instanceof OperationTool ? tool.change(change) : tool;
}

interface ToolSource {
  readonly name: string;
  readonly operation: Operation;
  readonly api: Api;
  readonly options: ToolOptions;
  readonly curation: Curation;
  /** What the description says of the tools that follow. */
  readonly links: string;
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
  readonly #links: string;
  /** The tool that this one was changed from. */
  readonly #original: OperationTool | undefined;
  #definition: Definition | undefined;

  constructor(
    { name, operation, api, options, curation, links }: ToolSource,
    confirm = curation.confirm,
    original?: OperationTool,
  ) {
    this.name = name;
    this.api = api;
    this.operation = operation;
    this.readOnly = curation.readOnly ?? READ_ONLY_METHODS.has(operation.method);
    this.confirm = confirm;
    this.curation = curation;
    this.#options = options;
    this.#links = links;
    this.#original = original;
  }

  change({ confirm, links }: ToolChange): Tool {
    const { name, operation, api, curation } = this;
    if (confirm === this.confirm && links === this.#links) return this;
    const source = { name, operation, api, options: this.#options, curation, links };
    return new OperationTool(source, confirm, this);
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

  get fingerprint() {
    return this.#define().fingerprint;
  }

  #define(): Definition {
    this.#definition ??= this.#original
      ? this.#changeDefinition(this.#original)
      : defineTool(this, this.#options, this.#links);
    return this.#definition;
  }

  #changeDefinition(original: OperationTool): Definition {
    const definition = original.#define();
    if (this.#links === original.#links) return definition;
    const { operation, curation } = this;
    const description = describeOperation(operation, this.#options.descriptionLimit, curation, this.#links);
    const saved = (definition.description.length - description.length) / CHARACTERS_PER_TOKEN;
    return { ...definition, description, tokens: definition.tokens - Math.floor(saved) };
  }
}

type Source = Omit<Tool, keyof Definition>;

function defineTool(source: Source, { descriptionLimit }: ToolOptions, links: string): Definition {
  const { name, operation, api, curation } = source;
  const input = createInputSchema(operation, {
    descriptionLimit: Math.ceil(descriptionLimit / 2),
    isExcluded: (parameter) => isFilledBySettings(parameter, api),
  });
  const describe = (text?: string) => describeOperation(operation, descriptionLimit, curation, text);
  const description = describe(links);
  const schemaText = stringifyJson(input.inputSchema);
  const tokens = countTokens(name.length + description.length + schemaText.length);
  // Links name other tools. When those change, this one is still the same.
  const identity = { ...source, ...input, description: describe() };
  return { ...input, description, tokens, fingerprint: fingerprintOperation(identity, schemaText) };
}

/** Hashes everything that decides about the requests of an operation, and what the document says of it. */
function fingerprintOperation(
  { api, operation, description, readOnly, confirm, forms }: Omit<Tool, "fingerprint" | "tokens">,
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

const CHARACTERS_PER_TOKEN = 3.6;

function countTokens(length: number): number {
  return Math.ceil(length / CHARACTERS_PER_TOKEN) + 12;
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
