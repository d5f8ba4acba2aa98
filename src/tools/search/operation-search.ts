/**
 * Offers any number of operations to a model through three tools: find, describe and call. Their definitions stay the same
 * for the life of a document, so that the cached prefix of the requests does.
 */
import type { ToolCall, ToolDefinition } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import type { AnyTool } from "../types.ts";
import { ExactNames } from "./exact-names.ts";
import { IdProducers } from "./producers.ts";
import { ToolSearch } from "./search.ts";
import { DescribeArguments, FindArguments, formatIssues, readObject } from "./search-arguments.ts";
import { defineSearchTools } from "./search-tool-definitions.ts";
import { writeSignature } from "./signature.ts";
import type { SearchResult, SearchToolNames } from "./types.ts";

export interface OperationSearchOptions {
  readonly names: SearchToolNames;
  /** The budget of the map, in tokens. */
  readonly mapTokens: number;
  /** Finds a tool by the model's spelling of its name. */
  readonly findTool: (name: string) => AnyTool | undefined;
  /** Lets the process serve others while the index is built. */
  readonly pause: () => Promise<void>;
}

/** The hits of each query, by the number of queries. */
const HITS = [10, 10, 7, 6, 5];
/** The hits whose ids are explained. */
const EXPLAINED_HITS = 3;

export class OperationSearch {
  readonly definitions: readonly ToolDefinition[];
  readonly #tools: readonly AnyTool[];
  readonly #searched: ReadonlySet<AnyTool>;
  readonly #options: OperationSearchOptions;
  #exactNames: ExactNames | undefined;
  #index: Promise<ToolSearch> | undefined;
  #producers: IdProducers | undefined;

  constructor(tools: readonly AnyTool[], options: OperationSearchOptions) {
    this.#tools = tools;
    this.#searched = new Set(tools);
    this.#options = options;
    this.definitions = defineSearchTools(tools, options.names, options.mapTokens);
  }

  get #names(): ExactNames {
    this.#exactNames ??= new ExactNames(this.#tools);
    return this.#exactNames;
  }

  get names(): SearchToolNames {
    return this.#options.names;
  }

  /** Builds the index, unless it is there. Never rejects. */
  async prepare(): Promise<ToolSearch> {
    this.#index ??= ToolSearch.create(this.#tools, this.#options.pause, this.#names);
    return await this.#index;
  }

  /** Returns the signatures of the operations that the queries describe, or why the arguments are wrong. */
  async find(values: unknown): Promise<SearchOutcome> {
    const parsed = FindArguments.safeParse(values);
    if (!parsed.success) return { outcome: "refused", problem: formatIssues(parsed.error) };
    const { queries } = parsed.data;
    const index = await this.prepare();
    const shown = new Set<AnyTool>();
    const sections = queries.map((query) => {
      const result = index.search(query, HITS[queries.length] ?? 5);
      const heading = queries.length > 1 ? [`${JSON.stringify(query)}:`] : [];
      return [...heading, ...this.#formatHits(query, result, shown)].join("\n");
    });
    return { outcome: "found", text: sections.join("\n\n") };
  }

  /** Returns the definitions of operations, or why the arguments are wrong. */
  describe(values: unknown): SearchOutcome {
    const parsed = DescribeArguments.safeParse(values);
    if (!parsed.success) return { outcome: "refused", problem: formatIssues(parsed.error) };
    const texts = parsed.data.names.map((name) => {
      const tool = this.resolve(name);
      return tool ? describeTool(tool) : `There is no operation ${JSON.stringify(name)}.`;
    });
    return { outcome: "found", text: texts.join("\n\n") };
  }

  /** Returns the signature of an operation that is searched. Undefined for other tools. */
  sign(name: string): string | undefined {
    const tool = this.resolve(name);
    return tool && this.#searched.has(tool) ? writeSignature(tool) : undefined;
  }

  /** Finds a tool by its name, or by its method and path. */
  resolve(name: string): AnyTool | undefined {
    const tool = this.#options.findTool(name);
    if (tool) return tool;
    const [position, ...others] = this.#names.find(name);
    if (position === undefined || others.length > 0) return undefined;
    const found = this.#tools[position];
    // The path alone names an operation of any method.
    const [, method] = /^\s*([a-z]+)\s+\//i.exec(name) ?? [];
    const isOther = method !== undefined && found !== undefined && !hasMethod(found, method);
    return isOther ? undefined : found;
  }

  /**
   * Replaces a call of the call tool by the call that it asks for. Malformed and other calls stay. Models also write the
   * arguments as a text, beside the name, or a call within a call.
   */
  unwrap(call: ToolCall, filterArgument: string): ToolCall {
    if (call.name !== this.names.call || call.malformed !== undefined) return call;
    const { name, arguments: own, filter, ...others } = call.arguments;
    if (typeof name !== "string" || name.trim() === "") return call;
    const isFlat = own === undefined || own === null || own === "";
    const values = isFlat ? others : readObject(own);
    if (values === undefined) return call;
    const target = this.#isOwnName(name) ? undefined : this.resolve(name);
    const isOwnArgument = (key: string) =>
      key === filterArgument || (target !== undefined && hasArgument(target, key));
    // What stands beside the arguments belongs to them when the operation has it.
    const known = Object.entries(others).filter(([key]) => isOwnArgument(key));
    const isFilter = typeof filter === "string" && !(isFlat && isOwnArgument("filter"));
    const filterKey = isFilter ? filterArgument : "filter";
    const hasFilter = isFilter ? filter !== "" : filter !== undefined && isOwnArgument("filter");
    const inner = {
      ...call,
      name: target?.name ?? name,
      arguments: { ...Object.fromEntries(known), ...(hasFilter && { [filterKey]: filter }), ...values },
    };
    return name === this.names.call ? this.unwrap(inner, filterArgument) : inner;
  }

  #isOwnName(name: string): boolean {
    return Object.values(this.names).includes(name);
  }

  /** Writes a call as one of the call tool. The inverse of {@link unwrap}. */
  wrap(call: ToolCall, filterArgument: string): ToolCall {
    const { [filterArgument]: filter, ...values } = call.arguments;
    const hasFilter = Object.hasOwn(call.arguments, filterArgument);
    return {
      ...call,
      name: this.names.call,
      arguments: { name: call.name, arguments: values, ...(hasFilter && { filter }) },
    };
  }

  #formatHits(query: string, { hits, isConfident }: SearchResult, shown: Set<AnyTool>): string[] {
    const fresh = hits.map(({ tool }) => tool).filter((tool) => !shown.has(tool));
    if (!isConfident) return describeMiss(query, fresh);
    for (const tool of fresh) shown.add(tool);
    this.#producers ??= new IdProducers(this.#tools);
    const producers = [...this.#producers.find(fresh.slice(0, EXPLAINED_HITS))];
    const footer = producers.map(([argument, { name }]) => `${argument} ← ${name}`).join(", ");
    return [...fresh.map(writeSignature), ...(footer === "" ? [] : [`Values: ${footer}`])];
  }
}

function hasMethod(tool: AnyTool, method: string): boolean {
  return "operation" in tool && tool.operation.method.toUpperCase() === method.toUpperCase();
}

function hasArgument({ inputSchema }: AnyTool, name: string): boolean {
  return Object.hasOwn(Object(inputSchema.properties), name);
}

export type SearchOutcome =
  | { readonly outcome: "found"; readonly text: string }
  | { readonly outcome: "refused"; readonly problem: string };

/** Returns a tool's description and input schema as a model reads them. */
export function describeTool(tool: AnyTool): string {
  const origin = "operation" in tool ? ` (${tool.operation.method} ${tool.operation.path})` : "";
  return `${tool.name}${origin}\n${tool.description}\nArguments: ${stringifyJson(tool.inputSchema)}`;
}

const NEAREST_RESOURCES = 5;

function describeMiss(query: string, nearest: readonly AnyTool[]): string[] {
  const resources = new Set(
    nearest.map((tool) => ("operation" in tool ? tool.operation.path.replace(/\/\{[^/]*$/, "") : tool.name)),
  );
  const hint =
    resources.size === 0 ? "" : ` The nearest: ${[...resources].slice(0, NEAREST_RESOURCES).join(", ")}.`;
  return [
    `No operation matches ${JSON.stringify(query)} well.${hint} Search with words of the map, or say that it cannot be done.`,
  ];
}
