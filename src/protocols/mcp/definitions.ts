/** The tools as MCP lists them: what a model is offered, with hints on what a call does. Pure. */
import type { Tool as McpTool, ToolAnnotations } from "@modelcontextprotocol/server";
import type { ToolCatalog } from "../../apis/load-apis.ts";
import type { ToolDefinition } from "../../chat/types.ts";
import type { AnyTool } from "../../tools/types.ts";

/** Of one page of the list: large documents make hundreds of tools. */
const PAGE_SIZE = 100;

export interface ToolPage {
  readonly tools: McpTool[];
  /** Where the next page begins. */
  readonly nextCursor?: string;
}

/** `cursor`: the name of the last tool that was listed. Undefined: there is no such tool, any more. */
export function listTools({ advertised, tools }: ToolCatalog, cursor?: string): ToolPage | undefined {
  const before = cursor === undefined ? -1 : advertised.findIndex(({ name }) => name === cursor);
  if (cursor !== undefined && before === -1) return undefined;
  const page = advertised.slice(before + 1, before + 1 + PAGE_SIZE);
  const last = page.at(-1);
  const hasMore = before + 1 + PAGE_SIZE < advertised.length;
  return {
    tools: page.map((definition, index) => encodeTool(definition, tools[before + 1 + index])),
    ...(hasMore && last && { nextCursor: last.name }),
  };
}

/** `tool` undefined: one of our own, which only read. */
function encodeTool({ name, description, inputSchema }: ToolDefinition, tool: AnyTool | undefined): McpTool {
  const title = tool && "operation" in tool ? tool.operation.summary : undefined;
  return {
    name,
    ...(title && { title }),
    description,
    inputSchema: { ...inputSchema, type: "object" },
    annotations: tool ? annotationsOf(tool) : { readOnlyHint: true, openWorldHint: false },
  };
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const IDEMPOTENT = new Set(["PUT", "DELETE"]);

/** What `x-specchat` says wins over the method. What nothing is known of keeps the protocol's defaults, which are the careful ones. */
function annotationsOf(tool: AnyTool): ToolAnnotations {
  if (tool.readOnly) return { readOnlyHint: true, destructiveHint: false, idempotentHint: true };
  const operation = "operation" in tool ? tool.operation : undefined;
  // A POST adds something; what it does besides only the document can say.
  const isDestructive =
    tool.confirm === undefined ? operation && operation.method !== "POST" : tool.confirm === "always";
  return {
    readOnlyHint: false,
    ...(isDestructive !== undefined && { destructiveHint: isDestructive }),
    ...(operation && { idempotentHint: IDEMPOTENT.has(operation.method) }),
  };
}
