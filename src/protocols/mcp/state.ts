/** The MCP server of one specchat server, loaded on the first request: its library takes longer to load than specchat to start. */
import type { ProtocolState } from "../shared/protocol-state.ts";
import type { McpHttp } from "./http.ts";

export const mcpHttp: ProtocolState<Promise<McpHttp>> = {
  async create(app) {
    const { McpHttp } = await import("./http.ts");
    return new McpHttp(app);
  },
  stop: async (http, graceMs) => await (await http).stop(graceMs),
};
