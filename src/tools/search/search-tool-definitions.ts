/** The definitions of the search tools for the model. */
import type { ToolDefinition } from "../../chat/types.ts";
import type { AnyTool } from "../types.ts";
import { CHARACTERS_PER_TOKEN, drawApiMap, MAP_LEGEND } from "./api-map.ts";
import { MAX_NAMES, MAX_QUERIES } from "./search-arguments.ts";
import type { SearchToolNames } from "./types.ts";

/** @param mapTokens the budget of the map, in tokens. */
export function defineSearchTools(
  tools: readonly AnyTool[],
  names: SearchToolNames,
  mapTokens: number,
): readonly ToolDefinition[] {
  const operations = tools.filter((tool) => "operation" in tool);
  const others = tools.filter((tool) => !("operation" in tool)).map(({ name }) => name);
  const map = operations.length > 0 ? `${MAP_LEGEND}\n${drawApiMap(operations, mapTokens)}` : undefined;
  return [
    {
      name: names.find,
      description: [
        `Find operations of the API: ${tools.length.toLocaleString("en-US")} can be called with ${names.call}. Write each query with a verb and the nouns of the API, in the language of its map: "list pull requests", "create order item". Ask for several needs in one call. The result has signatures to call from (? is optional, text unless a type is named).`,
        ...(map === undefined ? [] : [map]),
        ...(others.length > 0 ? [`Other tools: ${listWithin(others, mapTokens)}`] : []),
      ].join("\n"),
      inputSchema: {
        type: "object",
        properties: {
          queries: { type: "array", items: { type: "string" }, minItems: 1, maxItems: MAX_QUERIES },
        },
        required: ["queries"],
      },
    },
    {
      name: names.describe,
      description: `Read the full definitions of operations, when a signature of ${names.find} is not enough.`,
      inputSchema: {
        type: "object",
        properties: { names: { type: "array", items: { type: "string" }, minItems: 1, maxItems: MAX_NAMES } },
        required: ["names"],
      },
    },
    {
      name: names.call,
      description: "Call an operation by its name. Wrong arguments are answered with its full definition.",
      inputSchema: {
        type: "object",
        properties: {
          name: { type: "string" },
          arguments: { type: "object" },
          filter: { type: "string", description: "JMESPath over the JSON response" },
        },
        required: ["name", "arguments"],
      },
    },
  ];
}

/** Joins names as long as they fit into a budget of tokens, and counts the others. */
function listWithin(names: readonly string[], tokens: number): string {
  let room = tokens * CHARACTERS_PER_TOKEN;
  const shown = names.filter(({ length }) => {
    room -= length + 2;
    return room >= 0;
  });
  const hidden = names.length - shown.length;
  return `${shown.join(", ")}${hidden > 0 ? ` and ${hidden} more` : ""}`;
}
