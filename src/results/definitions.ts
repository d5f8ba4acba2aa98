/** The definitions of the built-in tools. They are constant, so that cached prefixes stay valid. */
import type { ToolDefinition } from "../chat/types.ts";
import type { AnyTool } from "../tools/types.ts";
import { chartDefinition } from "./chart-definition.ts";

/** The names of the built-in tools. A name that another tool has already gets a prefix. */
export interface BuiltinToolNames {
  readonly read: string;
  readonly search: string;
  readonly query: string;
  readonly fetchAll: string;
  /** Undefined when charts are switched off. */
  readonly chart?: string;
}

/** The argument that filters the response of a tool. Every tool accepts it. */
export const FILTER_ARGUMENT = "_filter";

export function builtinToolNames(
  tools: readonly { readonly name: string }[],
  { charts = false }: { readonly charts?: boolean } = {},
): BuiltinToolNames {
  const findFreeName = createNameFinder(tools);
  return {
    read: findFreeName("read_result"),
    search: findFreeName("search_result"),
    query: findFreeName("query_result"),
    fetchAll: findFreeName("fetch_all"),
    ...(charts && { chart: findFreeName("show_chart") }),
  };
}

const BUILTIN_SUMMARIES: Readonly<Record<keyof BuiltinToolNames, string>> = {
  read: "Read part of a result",
  search: "Search a result",
  query: "Select from a result",
  fetchAll: "Fetch all pages",
  chart: "Draw a chart",
};

/** Returns what a built-in tool does, for a person; undefined for another tool. */
export function summarizeBuiltinTool(name: string, names: BuiltinToolNames): string | undefined {
  const summaries: Readonly<Record<string, string>> = BUILTIN_SUMMARIES;
  const [key] = Object.entries(names).find(([, own]) => own === name) ?? [];
  return key === undefined ? undefined : summaries[key];
}

/** Creates a function that adds a prefix to a name as long as a tool has it, ignoring case and separators. */
export function createNameFinder(tools: readonly { readonly name: string }[]): (name: string) => string {
  const taken = new Set(tools.map(({ name }) => normalizeName(name)));
  const findFreeName = (name: string): string =>
    taken.has(normalizeName(name)) ? findFreeName(`specchat_${name}`) : name;
  return findFreeName;
}

/** Removes case and separators from a tool name, because models vary them. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

const TEXT_SCHEMA = { type: "string" };
const INTEGER_SCHEMA = { type: "integer", minimum: 1 };

export function builtinToolDefinitions(names: BuiltinToolNames): readonly ToolDefinition[] {
  return [
    {
      name: names.read,
      description: "Read part of a kept result: a chunk or lines.",
      inputSchema: {
        type: "object",
        properties: {
          id: TEXT_SCHEMA,
          chunk: INTEGER_SCHEMA,
          from_line: INTEGER_SCHEMA,
          to_line: INTEGER_SCHEMA,
        },
        required: ["id"],
      },
    },
    {
      name: names.search,
      description: "Search a kept result for a text (case-insensitive) or an RE2 pattern.",
      inputSchema: {
        type: "object",
        properties: {
          id: TEXT_SCHEMA,
          text: TEXT_SCHEMA,
          pattern: TEXT_SCHEMA,
          around: { type: "integer", minimum: 0, description: "Lines around each match" },
          from_line: INTEGER_SCHEMA,
          from_chunk: INTEGER_SCHEMA,
        },
        required: ["id"],
      },
    },
    {
      name: names.query,
      description: "Select from a kept JSON result.",
      inputSchema: {
        type: "object",
        properties: { id: TEXT_SCHEMA, filter: { type: "string", description: "JMESPath" } },
        required: ["id", "filter"],
      },
    },
    {
      name: names.fetchAll,
      description: "Call a read-only tool page by page until its list is complete.",
      inputSchema: {
        type: "object",
        properties: {
          tool: TEXT_SCHEMA,
          arguments: { type: "object" },
          [FILTER_ARGUMENT]: { type: "string", description: "JMESPath over the complete list" },
        },
        required: ["tool", "arguments"],
      },
    },
    ...(names.chart === undefined ? [] : [chartDefinition(names.chart)]),
  ];
}

/** The definitions of tools for a model. */
export type ToolDefinitions = readonly ToolDefinition[];

/** Returns the definitions for the model: the given tools, read-only ones with a filter argument, then the built-in tools. */
export function advertisedTools(tools: readonly AnyTool[], builtin: BuiltinToolNames): ToolDefinitions {
  return [...tools.map(addFilterArgument), ...builtinToolDefinitions(builtin)];
}

/**
 * Adds the filter argument to a read-only tool. Models mostly use declared arguments, and some can use no others; lists
 * come from read-only tools.
 */
function addFilterArgument(tool: AnyTool): ToolDefinition {
  const { name, description, inputSchema } = tool;
  const { properties } = inputSchema;
  if (!tool.readOnly || hasOwnFilter(tool)) return { name, description, inputSchema };
  return {
    name,
    description,
    inputSchema: {
      ...inputSchema,
      properties: { ...Object(properties), [FILTER_ARGUMENT]: TEXT_SCHEMA },
    },
  };
}

/** Returns whether the tool itself has an argument of the filter's name. */
export function hasOwnFilter({ inputSchema }: ToolDefinition): boolean {
  return Object.hasOwn(Object(inputSchema.properties), FILTER_ARGUMENT);
}

/** The estimated tokens that {@link advertisedTools} adds to a schema that it changes. */
export const FILTER_TOKENS = 8;
