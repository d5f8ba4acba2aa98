/** The context of the native encoder: current tools, prices and file URLs. */
import type { Caller } from "../../access/types.ts";
import type { SessionId } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import { summarizeBuiltinTool } from "../../results/definitions.ts";
import { costOfTurn } from "../../telemetry/cost.ts";
import type { HistoryContext } from "../shared/call-frames.ts";
import { type EncodeContext, encodeUsageFrame } from "./codec.ts";

export function createEncodeContext(
  app: Pick<App, "apis" | "model" | "telemetry">,
  session: () => SessionId,
  caller: Caller,
  fileUrl: HistoryContext["fileUrl"],
): EncodeContext {
  return {
    ...createHistoryContext(app, fileUrl),
    sessionCost: () => app.telemetry.costs(session(), caller.id).session,
  };
}

export function createHistoryContext(
  app: Pick<App, "apis" | "model">,
  fileUrl: HistoryContext["fileUrl"],
): Omit<EncodeContext, "sessionCost"> {
  return { ...sharedContexts.getOrInsertComputed(app, createSharedContext), fileUrl };
}

/** App → what all its connections use. */
const sharedContexts = new WeakMap<Pick<App, "apis" | "model">, ReturnType<typeof createSharedContext>>();

function createSharedContext({
  apis,
  model,
}: Pick<App, "apis" | "model">): Omit<EncodeContext, "fileUrl" | "sessionCost"> {
  return {
    cost: (spent) => costOfTurn(spent, model.cost),
    contextOf: (id, usage) => ({
      used: encodeUsageFrame(usage).total_tokens,
      limit: model.limits(id).contextTokens,
    }),
    operation: (name) => {
      const { builtinNames } = apis.current;
      const summary = summarizeBuiltinTool(name, builtinNames);
      if (summary !== undefined) return { summary, ...(name === builtinNames.chart && { chart: true }) };
      const tool = apis.current.find(name);
      if (!tool || !("operation" in tool)) return undefined;
      const { api, operation } = tool;
      const { method, path } = operation;
      const schemes = [...new Set(operation.security.flatMap((requirement) => Object.keys(requirement)))];
      return {
        method,
        path,
        ...(operation.summary && { summary: operation.summary }),
        ...(schemes.length > 0 && { security: { api: api.name, schemes } }),
      };
    },
  };
}
