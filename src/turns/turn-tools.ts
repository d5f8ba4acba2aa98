/** What the tools of one turn stand on: the API's as they are now, those of one's own, and ours over what the session keeps. */

import type { Caller } from "../access/types.ts";
import type { ToolCatalog } from "../apis/load-apis.ts";
import type { RunCall } from "../chat/calls.ts";
import { resultChunkSize } from "../chat/context/result-budget.ts";
import { buildSystemPrompt } from "../chat/context/system-prompt.ts";
import type { TurnPorts } from "../chat/turn.ts";
import type { SessionId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { builtinToolNames } from "../results/definitions.ts";
import { buildResultsGuide } from "../results/guide.ts";
import { ToolRunner, type ToolRunnerOptions } from "../results/tool-runner.ts";
import { callCustomTool } from "../tools/custom/call.ts";
import type { CallContext } from "../tools/types.ts";

export type TurnToolsPorts = Pick<App, "config" | "model" | "log"> & {
  readonly results: ToolRunnerOptions["store"];
};

export interface TurnToolsInput {
  readonly session: SessionId;
  readonly caller: Caller;
  readonly model: string;
  readonly catalog: ToolCatalog;
  /** What calls of the API are made with. */
  readonly callContext: (signal: AbortSignal) => CallContext;
  /** Told to the person while something takes long. */
  readonly onProgress: (message: string) => void;
}

export function createTurnTools(
  { config, results, model: port, log }: TurnToolsPorts,
  { session, caller, model, catalog, callContext, onProgress }: TurnToolsInput,
): Pick<TurnPorts, "run" | "truncate" | "isFree" | "isReadOnly"> {
  const runCall: RunCall = (call, signal) => {
    const tool = catalog.find(call.name);
    const grantedContext = callContext(signal);
    if (!tool || "operation" in tool) return catalog.toolbox.run(call, grantedContext);
    // Credentials are for the APIs they were entered for.
    const { saveFile } = grantedContext;
    const { id, kind } = caller;
    return callCustomTool(
      tool,
      call,
      { signal, caller: { id, kind, session }, ...(saveFile && { saveFile }) },
      {
        timeoutMs: config.timeout * 1000,
        now: () => performance.now(),
        onError: (detail) => log.debug("tool failed", { tool: tool.name, session, detail }),
      },
    );
  };
  const runner = new ToolRunner({
    session,
    store: results,
    toolbox: catalog,
    call: runCall,
    chunkSize: resultChunkSize(port.limits(model).contextTokens, config.maxMessageSize),
    maxPages: config.maxPages,
    maxItems: config.maxItems,
    maxSize: config.maxSessionResults,
    progress: onProgress,
    now: () => performance.now(),
    yieldToEventLoop: () => new Promise((resolve) => setImmediate(resolve)),
  });
  return {
    run: (call, signal) => runner.run(call, signal),
    truncate: (result, room) => runner.truncate(result, room),
    isFree: (call) => runner.isFree(call),
    isReadOnly: (name) => runner.isReadOnly(name),
  };
}

/** What the model is told of itself and of its tools: the same for every turn. */
export function buildTurnSystemPrompt({ config }: App, { titles, tools, custom }: ToolCatalog): string {
  const names = custom.map(({ name }) => name);
  const prompt = config.systemPrompt ?? buildSystemPrompt(titles, tools.length, names);
  return tools.length === 0 ? prompt : `${prompt}\n\n${buildResultsGuide(builtinToolNames(tools))}`;
}
