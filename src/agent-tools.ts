/** What agents of Bedrock may have us do: the calls of our own tools, as if one of our models had asked for them. */
import { randomUUID } from "node:crypto";
import type { App } from "./app.ts";
import type { SessionId, ToolResult } from "./chat/types.ts";
import type { Client } from "./client.ts";
import type { AgentTools } from "./model/agent/index.ts";
import { createReview } from "./review.ts";
import { turnTools } from "./turn-tools.ts";

/** Characters of a result: an agent takes 25,000 bytes, and has no tool to read on with. */
const MOST = 8000;

export function agentTools(app: App, { caller, credentials }: Client): AgentTools {
  const apis = app.apis.current;
  const context = (signal: AbortSignal) => ({ signal, credentials });
  const review = createReview(app, { apis, allowed: [], canAsk: false, context });
  const { run } = turnTools(app, {
    session: randomUUID() as SessionId,
    caller,
    model: app.modelId,
    apis,
    context,
    progress() {},
  });
  return {
    named: (name) => apis.tools.find((tool) => tool.name === name)?.name,
    at: (method, path) =>
      apis.toolbox.tools.find(({ operation }) => operation.method === method && operation.path === path)
        ?.name,
    async run(call, signal) {
      const reviewed = await review(call, signal);
      if (reviewed.verdict !== "refuse") return shortened(await run(call, signal));
      const { id: callId, name } = call;
      return { callId, name, status: "failed", content: reviewed.reason, durationMs: 0 };
    },
  };
}

function shortened(result: ToolResult): ToolResult {
  const { content } = result;
  if (content.length <= MOST) return result;
  return {
    ...result,
    content: `${content.slice(0, MOST).toWellFormed()}\n[cut: ${content.length} characters]`,
  };
}
