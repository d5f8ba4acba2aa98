/** The tools of our own, offered beside the API's. Their definitions never change, so that cached prefixes stay valid. */
import type { ToolDefinition } from "../chat/types.ts";
import type { AnyTool } from "../tools/types.ts";

/** What they are called here: another name where a tool of that name is there already. */
export interface ToolNames {
  readonly read: string;
  readonly search: string;
  readonly query: string;
  readonly fetchAll: string;
}

/** The argument of every tool that filters its answer. */
export const FILTER = "_filter";

export function ownNames(others: readonly { readonly name: string }[]): ToolNames {
  const taken = new Set(others.map(({ name }) => folded(name)));
  const free = (name: string): string => (taken.has(folded(name)) ? free(`specchat_${name}`) : name);
  return {
    read: free("read_result"),
    search: free("search_result"),
    query: free("query_result"),
    fetchAll: free("fetch_all"),
  };
}

/** Case and separators do not count: models vary them. */
export function folded(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

const text = { type: "string" };
const integer = { type: "integer", minimum: 1 };

export function ownDefinitions(names: ToolNames): readonly ToolDefinition[] {
  return [
    {
      name: names.read,
      description: "Read part of a kept result: a chunk, or lines.",
      inputSchema: {
        type: "object",
        properties: { id: text, chunk: integer, from_line: integer, to_line: integer },
        required: ["id"],
      },
    },
    {
      name: names.search,
      description: "Search a kept result for a text (case does not matter) or an RE2 pattern.",
      inputSchema: {
        type: "object",
        properties: {
          id: text,
          text,
          pattern: text,
          around: { type: "integer", minimum: 0, description: "Lines around each match" },
          from_line: integer,
          from_chunk: integer,
        },
        required: ["id"],
      },
    },
    {
      name: names.query,
      description: "Select from a kept JSON result.",
      inputSchema: {
        type: "object",
        properties: { id: text, filter: { type: "string", description: "JMESPath" } },
        required: ["id", "filter"],
      },
    },
    {
      name: names.fetchAll,
      description: "Call a read-only tool page by page until its list is complete.",
      inputSchema: {
        type: "object",
        properties: {
          tool: text,
          arguments: { type: "object" },
          [FILTER]: { type: "string", description: "JMESPath over the complete list" },
        },
        required: ["tool", "arguments"],
      },
    },
  ];
}

/** All that a model is offered: these tools, those that only read with a filter to fill in, then our own. */
export function offeredTools(tools: readonly AnyTool[]): readonly ToolDefinition[] {
  if (tools.length === 0) return [];
  return [...tools.map(withFilter), ...ownDefinitions(ownNames(tools))];
}

/** Models fill in what the schema shows; some cannot do otherwise. Lists come from tools that read, so those show it. */
function withFilter(tool: AnyTool): ToolDefinition {
  const { name, description, inputSchema } = tool;
  const { properties } = inputSchema;
  if (!tool.readOnly || hasFilter(tool)) return { name, description, inputSchema };
  return {
    name,
    description,
    inputSchema: { ...inputSchema, properties: { ...Object(properties), [FILTER]: { type: "string" } } },
  };
}

/** It has an argument of that name itself. */
export function hasFilter({ inputSchema }: ToolDefinition): boolean {
  return Object.hasOwn(Object(inputSchema.properties), FILTER);
}

/** What {@link offeredTools} adds to a schema that it changes. */
export const FILTER_TOKENS = 8;
