/** What the tools of one turn stand on: the API's as they are now, those of one's own, and ours over what the session keeps. */

import type { Caller } from "../access/types.ts";
import type { Apis } from "../apis/load-apis.ts";
import type { RunCall } from "../chat/calls.ts";
import { chunkSizeFor } from "../chat/context/result-budget.ts";
import { systemPrompt } from "../chat/context/system-prompt.ts";
import type { TurnPorts } from "../chat/turn.ts";
import type { SessionId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { ownNames } from "../results/definitions.ts";
import { resultsGuide } from "../results/guide.ts";
import { type DeskOptions, ResultDesk } from "../results/tool-runner.ts";
import { callCustomTool } from "../tools/custom/call.ts";
import type { CallContext } from "../tools/types.ts";

export type TurnToolsPorts = Pick<App, "config" | "model" | "log"> & {
  readonly results: DeskOptions["store"];
};

export interface TurnToolsInput {
  readonly session: SessionId;
  readonly caller: Caller;
  readonly model: string;
  readonly apis: Apis;
  /** What calls of the API are made with. */
  readonly context: (signal: AbortSignal) => CallContext;
  /** Told to the person while something takes long. */
  readonly progress: (message: string) => void;
}

export function turnTools(
  { config, results, model: port, log }: TurnToolsPorts,
  { session, caller, model, apis, context, progress }: TurnToolsInput,
): Pick<TurnPorts, "run" | "fit" | "isFree" | "isReadOnly"> {
  const call: RunCall = (call, signal) => {
    const tool = apis.find(call.name);
    const granted = context(signal);
    if (!tool || "operation" in tool) return apis.toolbox.run(call, granted);
    // Credentials are for the APIs they were entered for.
    const { keepFile } = granted;
    const { id, kind } = caller;
    return callCustomTool(
      tool,
      call,
      { signal, caller: { id, kind, session }, ...(keepFile && { keepFile }) },
      {
        timeoutMs: config.timeout * 1000,
        now: () => performance.now(),
        threw: (detail) => log.debug("tool failed", { tool: tool.name, session, detail }),
      },
    );
  };
  const desk = new ResultDesk({
    session,
    store: results,
    toolbox: apis,
    call,
    chunkSize: chunkSizeFor(port.limits(model).contextTokens, config.maxMessageSize),
    maxPages: config.maxPages,
    maxItems: config.maxItems,
    maxSize: config.maxSessionResults,
    progress,
    now: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  });
  return {
    run: (call, signal) => desk.run(call, signal),
    fit: (result, room) => desk.fit(result, room),
    isFree: (call) => desk.isFree(call),
    isReadOnly: (name) => desk.isReadOnly(name),
  };
}

/** What the model is told of itself and of its tools: the same for every turn. */
export function turnSystem({ config }: App, { titles, tools, custom }: Apis): string {
  const names = custom.map(({ name }) => name);
  const own = config.systemPrompt ?? systemPrompt(titles, tools.length, names);
  return tools.length === 0 ? own : `${own}\n\n${resultsGuide(ownNames(tools))}`;
}
