/** Decides which tools are described to the model in every request, and which it finds by searching. */
import { compileTextGlob } from "../config/glob.ts";
import type { Config } from "../config/settings.ts";
import {
  advertisedTools,
  type BuiltinToolNames,
  createNameFinder,
  FILTER_TOKENS,
  type ToolDefinitions,
} from "../results/definitions.ts";
import { estimateTokens } from "../tools/catalog/tool.ts";
import { OperationSearch } from "../tools/search/operation-search.ts";
import type { AnyTool } from "../tools/types.ts";

export interface OfferedTools {
  /** The definitions for the model: tools, then the built-in ones. The same array until a reload. */
  readonly advertised: ToolDefinitions;
  /** The estimated tokens of these definitions in each request. */
  readonly toolTokens: number;
  /** Set when the definitions of all tools exceed the budget. */
  readonly search?: OperationSearch | undefined;
  /** Returns the definitions of all tools, for clients that read them once and draw no charts. */
  listDefinitions(): ToolDefinitions;
}

export type OfferSettings = Pick<Config, "toolBudget" | "toolMap" | "pinnedTools"> &
  Partial<Pick<Config, "charts">>;

/** The budget of the map, in tokens. */
const MAP_TOKENS = { full: 4000, short: 1800 } as const;

interface JoinedTools {
  readonly tools: readonly AnyTool[];
  readonly builtinNames: BuiltinToolNames;
  find(name: string): AnyTool | undefined;
}

/**
 * Offers all tools when their definitions fit into the budget. Otherwise operations are searched, except pinned ones. Tools
 * of MCP servers are searched too when they alone exceed the budget.
 */
export function offerTools(
  joined: JoinedTools,
  { toolBudget, toolMap, pinnedTools }: OfferSettings,
): OfferedTools {
  const { tools, builtinNames, find } = joined;
  if (tools.length === 0) return { advertised: [], toolTokens: 0, listDefinitions: () => [] };
  const { chart: _chart, ...namesOfLists } = builtinNames;
  const listDefinitions = once(() => advertisedTools(tools, namesOfLists));
  if (toolBudget === 0 || fitsBudget(tools, toolBudget)) {
    const advertised = advertisedTools(tools, builtinNames);
    return { advertised, toolTokens: sumTokens(advertised, tools), listDefinitions };
  }
  const pins = pinnedTools.map(compileTextGlob);
  const areOthersSearched = !fitsBudget(
    tools.filter((tool) => !("operation" in tool)),
    toolBudget,
  );
  const isSearched = (tool: AnyTool) => {
    if ("operation" in tool) return !isPinned(tool, pins);
    return areOthersSearched && tool.server !== undefined && !isPinned(tool, pins);
  };
  const direct = tools.filter((tool) => !isSearched(tool));
  const findFreeName = createNameFinder(tools);
  const search = new OperationSearch(tools.filter(isSearched), {
    names: {
      find: findFreeName("find_operations"),
      describe: findFreeName("describe_operation"),
      call: findFreeName("call_operation"),
    },
    mapTokens: MAP_TOKENS[toolMap],
    findTool: find,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  });
  // The definitions of a search come first: they never change, and pinned tools may.
  const directDefinitions = advertisedTools(direct, builtinNames);
  return {
    advertised: [...search.definitions, ...directDefinitions],
    toolTokens: sumTokens(search.definitions, []) + sumTokens(directDefinitions, direct),
    search,
    listDefinitions,
  };
}

function isPinned(tool: AnyTool, pins: readonly ((name: string) => boolean)[]): boolean {
  const operation = "operation" in tool ? tool : undefined;
  const names = [tool.name, operation?.operation.operationId ?? tool.name];
  return operation?.curation.pin === true || pins.some((matches) => names.some(matches));
}

/** Reads no further definition than the budget allows: making one is work. */
function fitsBudget(tools: readonly AnyTool[], budget: number): boolean {
  let sum = 0;
  return tools.every((tool) => {
    sum += tool.tokens;
    return sum <= budget;
  });
}

/** @param tools the tools of the first definitions, whose tokens are known. */
function sumTokens(definitions: ToolDefinitions, tools: readonly AnyTool[]): number {
  return definitions.reduce((sum, { name, description, inputSchema }, index) => {
    const tool = tools[index];
    if (!tool) return sum + estimateTokens(name, description, inputSchema);
    return sum + tool.tokens + (inputSchema === tool.inputSchema ? 0 : FILTER_TOKENS);
  }, 0);
}

function once<Value>(create: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= create());
}
