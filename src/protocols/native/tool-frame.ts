/** Describes the tools of a caller for the page: what they do, whether they need approval, and their schema. Pure. */
import type { JsonSchema } from "../../chat/types.ts";
import type { Config } from "../../config/settings.ts";
import type { AnyTool } from "../../tools/types.ts";
import { needsApproval } from "../../turns/approval-policy.ts";

/** A tool in `GET {base}/tools`. An operation has `method`, `path` and `tags`, another tool its `source`. */
export interface ToolFrame {
  readonly name: string;
  readonly summary?: string;
  readonly method?: string;
  readonly path?: string;
  readonly tags: readonly string[];
  /** The name of the API, when there are several. */
  readonly api?: string;
  readonly source?: string;
  readonly read_only: boolean;
  /** A person must approve each call. */
  readonly needs_approval: boolean;
}

/** A tool with its definition, as the model reads it. */
export interface ToolDetailFrame extends ToolFrame {
  readonly description: string;
  readonly input_schema: JsonSchema;
}

export function encodeTool(tool: AnyTool, { approve }: Pick<Config, "approve">): ToolFrame {
  const { name, readOnly } = tool;
  const facts = { read_only: readOnly, needs_approval: needsApproval(tool, approve) };
  if (!("operation" in tool)) return { name, tags: [], source: tool.source, ...facts };
  const { method, path, summary, tags } = tool.operation;
  const api = tool.api.name;
  return { name, ...(summary && { summary }), method, path, tags, ...(api !== "" && { api }), ...facts };
}

export function encodeToolDetail(tool: AnyTool, config: Pick<Config, "approve">): ToolDetailFrame {
  const { description, inputSchema } = tool;
  return { ...encodeTool(tool, config), description, input_schema: inputSchema };
}
