/** Runs our tools for a Bedrock agent that returns control, as for a model of our own. */
import type { Client } from "../../access/client.ts";
import type { ToolResult } from "../../chat/types.ts";
import type { AgentTools } from "../../model/agent/index.ts";
import { permittedCatalog } from "../../turns/permitted-catalog.ts";
import { createToolRunner } from "../../turns/run-tool.ts";

/** Characters of a result. An agent accepts 25,000 bytes and cannot read the rest. */
const MAX_RESULT_LENGTH = 8000;

/** The part of the app that running a tool takes. */
export type AgentToolApp = Parameters<typeof createToolRunner>[0];

export function createAgentTools(app: AgentToolApp, client: Client): AgentTools {
  const { tools, toolbox } = permittedCatalog(app, client.caller);
  const run = createToolRunner(app, client);
  return {
    findByName: (name) => tools.find((tool) => tool.name === name)?.name,
    findByPath: (method, path) =>
      toolbox.tools.find(({ operation }) => operation.method === method && operation.path === path)?.name,
    run: async (call, signal) => truncate(await run(call, signal)),
  };
}

function truncate(result: ToolResult): ToolResult {
  const { content } = result;
  if (content.length <= MAX_RESULT_LENGTH) return result;
  return {
    ...result,
    content: `${content.slice(0, MAX_RESULT_LENGTH).toWellFormed()}\n[cut: ${content.length} characters]`,
  };
}
