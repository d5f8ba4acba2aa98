/** Logs which tools a reload, or another list of an MCP server, has changed. */
import type { Log } from "../telemetry/log.ts";
import type { AnyTool } from "../tools/types.ts";

/** Names in one line of the log. */
const MAX_NAMES = 20;

type Tools = { readonly tools: readonly AnyTool[] };

/** Logs the tools that keep their name and do something else, a line for each server or API. */
export function logChangedTools(log: Log, before: Tools, after: Tools): void {
  const known = new Map(before.tools.map((tool) => [tool.name, tool]));
  const changed = after.tools.filter((tool) => {
    const old = known.get(tool.name);
    return old !== undefined && old !== tool && !isSame(old, tool);
  });
  for (const [source, tools] of Map.groupBy(changed, sourceOf)) {
    const names = tools.slice(0, MAX_NAMES).map(({ name }) => name);
    const more = tools.length - names.length;
    log.warning("tools changed: calls that were allowed need a new approval", {
      source,
      tools: `${names.join(" ")}${more > 0 ? ` and ${more} more` : ""}`,
    });
  }
}

function isSame(a: AnyTool, b: AnyTool): boolean {
  return a.fingerprint === b.fingerprint && sourceOf(a) === sourceOf(b) && endpointOf(a) === endpointOf(b);
}

function sourceOf(tool: AnyTool): string {
  return "operation" in tool ? tool.api.baseUrl : tool.source;
}

function endpointOf(tool: AnyTool): string {
  return "operation" in tool ? `${tool.operation.method} ${tool.operation.path}` : "";
}
