/** How each way of speaking to it is reached; those that are switched off are left out. */
import { agUiPath, aiSdkPath, websocketPath } from "../../config/paths.ts";
import type { Protocol } from "../../config/settings/server.ts";
import type { Config } from "../../config/settings.ts";

export function listEndpoints(config: Config): Readonly<Record<string, string>> {
  const endpoints: readonly (readonly [name: string, address: string, contract?: Protocol])[] = [
    ["stream", "POST /api/agent/stream", "agent"],
    ["health", "GET /health"],
    ["docs", "GET /docs"],
    ["chat", `WebSocket ${websocketPath(config)}`, "native"],
    ["langchain", "POST /api/v1/chat/stream", "langchain"],
    ["dashboard", "WebSocket /ws", "dashboard"],
    ["completions", "WebSocket /ws/chat/completions", "completions"],
    ["openai", "POST /v1/chat/completions", "openai"],
    ["ai-sdk", `POST ${aiSdkPath(config)}`, "ai-sdk"],
    ["ag-ui", `POST ${agUiPath(config)}`, "ag-ui"],
    ["mcp", "POST /mcp", "mcp"],
  ];
  const enabled = endpoints.filter(
    ([, , contract]) => contract === undefined || config.contracts.includes(contract),
  );
  return Object.fromEntries(enabled.map(([name, address]) => [name, address]));
}
