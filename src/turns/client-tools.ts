/** The tools of a client, with names and schemas that every model accepts. */
import type { ToolCall, ToolDefinition } from "../chat/types.ts";
import { AppError } from "../errors.ts";
import { isObject } from "../json.ts";
import { MAX_NAME_LENGTH, toLegalName } from "../tools/catalog/names.ts";
import { type ClientSchema, createClientSchema } from "../tools/custom/client-schema.ts";

/** A tool that the client runs. */
export interface ClientTool {
  readonly name: string;
  readonly description: string;
  /** A JSON Schema of any draft. Unset: the tool has no parameters. */
  readonly parameters?: unknown;
}

interface ConvertedTool {
  /** The client's name. */
  readonly name: string;
  readonly schema: ClientSchema;
  readonly definition: ToolDefinition;
}

export class ClientTools {
  /** Name that the model reads → tool. */
  readonly #byModelName = new Map<string, ConvertedTool>();
  /** The client's name → tool. */
  readonly #byName = new Map<string, ConvertedTool>();

  /**
   * @param isTaken returns whether a tool of the server has this name. The client's tool then gets another one.
   * @throws AppError `bad_request` with the name of a tool that cannot be converted
   */
  constructor(tools: readonly ClientTool[], isTaken: (name: string) => boolean) {
    for (const tool of tools) {
      if (this.#byName.has(tool.name)) continue;
      const name = this.#createName(tool.name, isTaken);
      const schema = convertSchema(tool);
      const definition = { name, description: tool.description, inputSchema: schema.inputSchema };
      const converted = { name: tool.name, schema, definition };
      this.#byName.set(tool.name, converted);
      this.#byModelName.set(name, converted);
    }
  }

  get definitions(): readonly ToolDefinition[] {
    return [...this.#byModelName.values()].map(({ definition }) => definition);
  }

  /** Returns whether a call of the model is for the client. */
  has(modelName: string): boolean {
    return this.#byModelName.has(modelName);
  }

  /** Returns the name that the model reads for a name of the client, which may also be a tool of the server. */
  toModelName(name: string): string {
    return this.#byName.get(name)?.definition.name ?? toLegalName(name);
  }

  /** Converts a call of the model for the client. Calls of other tools stay as they are. */
  toClientCall(call: ToolCall): ToolCall {
    const tool = this.#byModelName.get(call.name);
    if (!tool) return call;
    if (call.malformed !== undefined) return { ...call, name: tool.name };
    const { value } = tool.schema.read(call.arguments);
    return { ...call, name: tool.name, arguments: value as ToolCall["arguments"] };
  }

  /** Converts a call of the client's history for the model. */
  toModelCall(call: ToolCall): ToolCall {
    const tool = this.#byName.get(call.name);
    if (!tool || call.malformed !== undefined) return { ...call, name: this.toModelName(call.name) };
    return { ...call, name: tool.definition.name, arguments: tool.schema.write(call.arguments) };
  }

  #createName(name: string, isTaken: (name: string) => boolean): string {
    const legal = toLegalName(name);
    let unique = legal;
    for (let suffix = 2; isTaken(unique) || this.#byModelName.has(unique); suffix++)
      unique = `${legal.slice(0, MAX_NAME_LENGTH - 4)}_${suffix}`;
    return unique;
  }
}

/**
 * Checks that the tools can be converted, for protocols that refuse a request before their stream begins.
 * @throws AppError `bad_request` with the name of a tool that cannot
 */
export function checkClientTools(tools: readonly Pick<ClientTool, "name" | "parameters">[]): void {
  for (const tool of tools) convertSchema(tool);
}

/** The converted schemas of requests that are being served. */
const convertedSchemas = new WeakMap<object, ClientSchema>();

function convertSchema({ name, parameters }: Pick<ClientTool, "name" | "parameters">): ClientSchema {
  const known = isObject(parameters) ? convertedSchemas.get(parameters) : undefined;
  if (known) return known;
  try {
    const schema = createClientSchema(parameters);
    if (isObject(parameters)) convertedSchemas.set(parameters, schema);
    return schema;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError(
      "bad_request",
      `The tool ${JSON.stringify(name.slice(0, 100))} cannot be used: ${reason}.`,
    );
  }
}
