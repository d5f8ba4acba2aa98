/** Creates the state that all MCP clients of a server share. */
import { McpApprovals } from "./approvals.ts";
import { ResultLinks } from "./result-links.ts";
import type { McpApp, McpContext } from "./types.ts";

export function createMcpContext(app: McpApp, stopping: AbortSignal): McpContext {
  const { audit, config } = app;
  const { approvalTimeout, maxSessions, sessionTimeout } = config;
  const now = () => app.now().getTime();
  return {
    app,
    approvals: new McpApprovals(approvalTimeout * 1000, now),
    results: new ResultLinks(app.results, {
      audit,
      maxResults: maxSessions,
      ttlMs: sessionTimeout * 1000,
      now,
    }),
    stopping,
    running: new Set(),
  };
}
