/** What the tools of one turn stand on: the API's as they are now, and our own over what the session keeps. */

import type { Apis } from "./apis.ts";
import type { App } from "./app.ts";
import { chunkSizeFor } from "./chat/room.ts";
import { systemPrompt } from "./chat/system-prompt.ts";
import type { TurnPorts } from "./chat/turn.ts";
import type { SessionId } from "./chat/types.ts";
import { ownNames } from "./results/definitions.ts";
import { ResultDesk } from "./results/desk.ts";
import { resultsGuide } from "./results/guide.ts";
import type { CallContext } from "./tools/types.ts";

export interface TurnToolsInput {
  readonly session: SessionId;
  readonly model: string;
  readonly apis: Apis;
  /** What calls of the API are made with. */
  readonly context: (signal: AbortSignal) => CallContext;
  /** Told to the person while something takes long. */
  readonly progress: (message: string) => void;
}

export function turnTools(
  { config, results, model: port }: App,
  { session, model, apis, context, progress }: TurnToolsInput,
): Pick<TurnPorts, "run" | "fit" | "isFree" | "isReadOnly"> {
  const { toolbox } = apis;
  const desk = new ResultDesk({
    session,
    store: results,
    toolbox,
    call: (call, signal) => toolbox.run(call, context(signal)),
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
export function turnSystem({ config }: App, { titles, toolbox: { tools } }: Apis): string {
  const own = config.systemPrompt ?? systemPrompt(titles, tools.length);
  return tools.length === 0 ? own : `${own}\n\n${resultsGuide(ownNames(tools))}`;
}
