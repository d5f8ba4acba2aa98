/** Creates the tools of one turn: operations of the API, custom tools, and the tools over stored results. */
import type { Caller } from "../access/types.ts";
import type { ToolCatalog } from "../apis/load-apis.ts";
import { resultChunkSize } from "../chat/context/result-budget.ts";
import { buildSystemPrompt } from "../chat/context/system-prompt.ts";
import type { TurnPorts } from "../chat/turn.ts";
import type { SessionId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { builtinToolNames } from "../results/definitions.ts";
import { buildResultsGuide } from "../results/guide.ts";
import { ToolRunner, type ToolRunnerOptions } from "../results/tool-runner.ts";
import { callCustomTool } from "../tools/custom/call.ts";
import { maskSecrets } from "../tools/http/mask-secrets.ts";
import type { CallContext } from "../tools/types.ts";

export type TurnToolsPorts = Pick<App, "config" | "model" | "log"> & {
  readonly results: ToolRunnerOptions["store"];
};

export interface TurnToolsInput {
  readonly session: SessionId;
  readonly caller: Caller;
  readonly model: string;
  readonly catalog: ToolCatalog;
  /** Returns the credentials and files for a call of the API. */
  readonly callContext: (signal: AbortSignal) => CallContext;
  /** Receives a line for the person while a call takes long. */
  readonly onProgress: (message: string) => void;
}

export function createTurnTools(
  { config, results, model: port, log }: TurnToolsPorts,
  { session, caller, model, catalog, callContext, onProgress }: TurnToolsInput,
): Pick<TurnPorts, "run" | "truncate" | "isFree" | "isReadOnly"> {
  const runCall: ToolRunnerOptions["call"] = async (call, signal) => {
    const tool = catalog.find(call.name);
    const grantedContext = callContext(signal);
    if (!tool || "operation" in tool) return await catalog.toolbox.runUnmasked(call, grantedContext);
    // A custom tool gets no credentials: they belong to the APIs.
    const { saveFile } = grantedContext;
    const { id, kind } = caller;
    const result = await callCustomTool(
      tool,
      call,
      { signal, caller: { id, kind, session }, ...(saveFile && { saveFile }) },
      {
        timeoutMs: config.timeout * 1000,
        now: () => performance.now(),
        onError: (detail) => log.debug("tool failed", { tool: tool.name, session, detail }),
      },
    );
    return { result, secrets: [] };
  };
  const runner = new ToolRunner({
    session,
    store: results,
    toolbox: catalog,
    call: runCall,
    mask: maskSecrets,
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
    isReadOnly: (name) => runner.isReadOnly(name) || catalog.find(name)?.readOnly === true,
  };
}

/** Returns whether a tool changes nothing, also for results of earlier turns. */
export function isReadOnlyTool(catalog: Pick<ToolCatalog, "find" | "tools">, name: string): boolean {
  const builtin: readonly string[] = Object.values(builtinToolNames(catalog.tools));
  return builtin.includes(name) || catalog.find(name)?.readOnly === true;
}

/** Returns the system prompt. It is the same for every turn, so that the cached prefix stays. */
export function buildTurnSystemPrompt(
  { config }: Pick<App, "config">,
  { titles, tools, custom }: ToolCatalog,
): string {
  const names = custom.map(({ name }) => name);
  const prompt = config.systemPrompt ?? buildSystemPrompt(titles, tools.length, names);
  return tools.length === 0 ? prompt : `${prompt}\n\n${buildResultsGuide(builtinToolNames(tools))}`;
}
