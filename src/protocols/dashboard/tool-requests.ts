/** Handlers of `list_tools` and `mcp_call`: the API's tools without a model. */
import { randomUUID } from "node:crypto";
import type { Client } from "../../access/client.ts";
import type { App } from "../../context.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { permittedCatalog, recordForbiddenCall } from "../../turns/permitted-catalog.ts";
import { createToolRunner } from "../../turns/run-tool.ts";
import type { DashboardUser } from "./chat.ts";
import { type DashboardRequest, readObject, readText } from "./codec.ts";
import type { RequestHandlers } from "./request-handler.ts";

/** Characters of a name that an error repeats. */
const MAX_QUOTED = 100;

/** The part of the app that running a tool takes. */
export type ToolApp = Parameters<typeof createToolRunner>[0];

/** @param signal aborts running calls. */
export function createToolHandlers(
  app: ToolApp,
  sessions: Pick<SessionRegistry, "admit">,
  user: DashboardUser,
  signal: AbortSignal,
): RequestHandlers {
  return {
    async list_tools(_request, reply) {
      await reply({ result: { tools: listTools(app, user.owner) } });
    },
    async mcp_call({ envelope }, reply) {
      await sessions.admit(user.client, false);
      await reply({ result: await callTool(app, user.owner, envelope, signal) });
    },
  };
}

function listTools(app: Pick<App, "apis" | "authorizer">, { caller }: Client) {
  const { tools, listDefinitions } = permittedCatalog(app, caller);
  const definitions = new Map(listDefinitions().map((tool) => [tool.name, tool]));
  return tools.flatMap(({ name }) => {
    const tool = definitions.get(name);
    return tool ? [{ name, description: tool.description, inputSchema: tool.inputSchema }] : [];
  });
}

async function callTool(
  app: ToolApp,
  owner: Client,
  envelope: DashboardRequest["envelope"],
  signal: AbortSignal,
) {
  const tool = readText(envelope, "tool");
  const values = readObject(envelope, "arguments") ?? {};
  const known = permittedCatalog(app, owner.caller).tools.find(({ name }) => name === tool);
  if (!known) {
    recordForbiddenCall(app, tool ?? "");
    return {
      success: false,
      error: `Tool ${tool?.slice(0, MAX_QUOTED)} not available via dashboard-server WebSocket. Available are those of list_tools.`,
      tool,
      arguments: values,
    };
  }
  const run = createToolRunner(app, owner);
  const { status, content } = await run({ id: randomUUID(), name: known.name, arguments: values }, signal);
  return status === "ok"
    ? { success: true, tool, result: content }
    : { success: false, error: content, tool, arguments: values };
}
