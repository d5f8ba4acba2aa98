import type { AnyTool } from "../types.ts";

/** Formats a tool for metrics and the log: `GET /users/{id}`, or `tool delivery_date`. */
export function formatEndpoint(tool: AnyTool): string {
  return "operation" in tool ? `${tool.operation.method} ${tool.operation.path}` : `tool ${tool.name}`;
}
