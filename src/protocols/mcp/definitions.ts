/** The tool list of MCP, with annotations on the effect of a call. Pure. */
import type { Tool as McpTool, ToolAnnotations } from "@modelcontextprotocol/server";
import type { ToolCatalog } from "../../apis/load-apis.ts";
import type { JsonSchema, ToolDefinition } from "../../chat/types.ts";
import type { Config } from "../../config/settings.ts";
import { isObject } from "../../json.ts";
import type { AnyTool } from "../../tools/types.ts";
import { stringifyBigInts } from "./result.ts";

/** Tools of one page. Large documents have hundreds of tools. */
const PAGE_SIZE = 100;

export interface ToolPage {
  readonly tools: McpTool[];
  /** The cursor of the next page. Absent on the last one. */
  readonly nextCursor?: string;
}

/**
 * @param mode `search` lists the search tools in place of operations that exceed the budget.
 * @param cursor the name of the last listed tool. Returns undefined when it no longer exists.
 */
export function listTools(
  { advertised, builtinNames, listDefinitions, find, search }: ToolCatalog,
  mode: Config["mcpTools"],
  cursor?: string,
): ToolPage | undefined {
  // Hosts of MCP draw no charts of ours.
  const offered = advertised.filter(({ name }) => name !== builtinNames.chart);
  const definitions = mode === "search" ? offered : listDefinitions();
  const before = cursor === undefined ? -1 : definitions.findIndex(({ name }) => name === cursor);
  if (cursor !== undefined && before === -1) return undefined;
  const page = definitions.slice(before + 1, before + 1 + PAGE_SIZE);
  const last = page.at(-1);
  const hasMore = before + 1 + PAGE_SIZE < definitions.length;
  return {
    tools: page.map((definition) => {
      const tool = find(definition.name);
      const annotations = tool ? annotationsOf(tool) : annotationsOfBuiltin(definition.name, search);
      return encodeTool(definition, tool, annotations);
    }),
    ...(hasMore && last && { nextCursor: last.name }),
  };
}

/** Derives the hints of a tool of specchat itself: only the one that calls operations can change something. */
function annotationsOfBuiltin(name: string, search: ToolCatalog["search"]): ToolAnnotations {
  return name === search?.names.call ? { readOnlyHint: false } : { readOnlyHint: true, openWorldHint: false };
}

/** @param tool undefined for a built-in tool. */
function encodeTool(
  { name, description, inputSchema }: ToolDefinition,
  tool: AnyTool | undefined,
  annotations: ToolAnnotations,
): McpTool {
  const title = tool && "operation" in tool ? tool.operation.summary : undefined;
  return {
    name,
    ...(title && { title }),
    description,
    inputSchema: { ...encodeSchema(inputSchema), type: "object" },
    annotations,
  };
}

/** Keywords with values of the API. All other numbers of a schema are limits. */
const VALUE_KEYWORDS = new Set(["enum", "const", "default", "examples", "example"]);

/**
 * Makes a schema plain JSON. Values beyond 2^53 become texts, since most JSON parsers round them; the call accepts the
 * texts. Limits are rounded.
 */
function encodeSchema(schema: JsonSchema): JsonSchema {
  const entries = Object.entries(schema).map(([keyword, value]): [string, unknown] => {
    if (VALUE_KEYWORDS.has(keyword)) return [keyword, stringifyBigInts(value)];
    return [keyword, typeof value === "bigint" ? Number(value) : encodeNested(value)];
  });
  const encoded = Object.fromEntries(entries);
  const hasTexts = [schema.enum, schema.const].flat().some((value) => typeof value === "bigint");
  return hasTexts && schema.type !== undefined
    ? { ...encoded, type: [...new Set([schema.type, "string"].flat())] }
    : encoded;
}

function encodeNested(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(encodeNested);
  return isObject(value) ? encodeSchema(value) : value;
}

/** Idempotent methods that change something: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const IDEMPOTENT = new Set(["PUT", "DELETE"]);

/** Derives the hints from `x-specchat`, else from the method. Without either, the cautious defaults of MCP apply. */
function annotationsOf(tool: AnyTool): ToolAnnotations {
  if (tool.readOnly) return { readOnlyHint: true, destructiveHint: false, idempotentHint: true };
  const operation = "operation" in tool ? tool.operation : undefined;
  // A POST is assumed to add something; `x-specchat` can say more.
  const isDestructive =
    tool.confirm === undefined ? operation && operation.method !== "POST" : tool.confirm === "always";
  return {
    readOnlyHint: false,
    ...(isDestructive !== undefined && { destructiveHint: isDestructive }),
    ...(operation && { idempotentHint: IDEMPOTENT.has(operation.method) }),
  };
}
