/** Creates the tools of one turn: operations of the API, custom tools, and the tools over stored results. */
import type { Caller } from "../access/types.ts";
import type { ToolCatalog } from "../apis/load-apis.ts";
import { resultChunkSize } from "../chat/context/result-budget.ts";
import { buildSystemPrompt, DATA_NOTE } from "../chat/context/system-prompt.ts";
import type { TurnPorts } from "../chat/turn.ts";
import type { SessionId, ToolCall, ToolResult } from "../chat/types.ts";
import type { App } from "../context.ts";
import { buildResultsGuide } from "../results/guide.ts";
import { ToolRunner, type ToolRunnerOptions } from "../results/tool-runner.ts";
import { callCustomTool } from "../tools/custom/call.ts";
import { maskInWorker } from "../tools/http/masked-body.ts";
import { describeTool } from "../tools/search/operation-search.ts";
import { REQUEST_NOT_SENT } from "../tools/toolbox.ts";
import type { CallContext, ReceivedResult, Tool } from "../tools/types.ts";
import { withCallAudit } from "./call-audit.ts";
import { permissionOf, recordForbiddenCall } from "./permitted-catalog.ts";
import { isSearchTool, SearchCalls } from "./searched-tools.ts";

export type TurnToolsPorts = Pick<
  App,
  "apis" | "audit" | "authorizer" | "config" | "model" | "log" | "shares" | "telemetry"
> & {
  readonly results: ToolRunnerOptions["store"];
};

export interface TurnToolsInput {
  readonly session: SessionId;
  readonly caller: Caller;
  readonly model: string;
  readonly catalog: ToolCatalog;
  /** Returns the credentials and files for a call of the API. */
  readonly callContext: (signal: AbortSignal) => CallContext;
  /** The ids of calls that a person approved. */
  readonly approvedCalls?: ReadonlySet<string>;
  /** The ids of calls of operations that the person allowed for the conversation. */
  readonly allowedCalls?: ReadonlySet<string>;
  /** Receives a line for the person while a call takes long. */
  readonly onProgress: (message: string) => void;
}

export function createTurnTools(
  { apis, audit, authorizer, config, results, model: port, log, shares, telemetry }: TurnToolsPorts,
  { session, caller, model, catalog, callContext, approvedCalls, allowedCalls, onProgress }: TurnToolsInput,
): Pick<TurnPorts, "run" | "truncate" | "isFree" | "isReadOnly"> {
  const share = shares.shareOf(caller.id);
  const runCall: ToolRunnerOptions["call"] = async (call, signal) => {
    const tool = catalog.find(call.name);
    if (!tool) recordForbiddenCall({ apis, audit }, call.name);
    // The catalog has no forbidden tool, but the roles may have changed since it was made. Every call passes here.
    if (tool && permissionOf(tool, authorizer.permissionsFor(caller)) === "forbidden") {
      audit.record({ event: "denied", reason: "authorization", code: "operation", subject: tool.name });
      return { result: forbiddenResult(call), received: FORBIDDEN, secrets: [] };
    }
    const grantedContext = callContext(signal);
    if (!tool || "operation" in tool)
      return await runOperation(call, tool, catalog, { ...grantedContext, caller: share });
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
    return { result, received: result.content, secrets: [] };
  };
  const runner = new ToolRunner({
    session,
    caller: share,
    store: results,
    toolbox: catalog,
    call: audit.isOn
      ? withCallAudit(runCall, { audit, catalog, session, approvedCalls, allowedCalls })
      : runCall,
    mask: (text, secrets, signal) => maskInWorker(text, secrets, { caller: share, signal }),
    chunkSize: resultChunkSize(port.limits(model).contextTokens, config.maxMessageSize),
    maxPages: config.maxPages,
    maxItems: config.maxItems,
    maxSize: config.maxSessionResults,
    progress: onProgress,
    now: () => performance.now(),
    yieldToEventLoop: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const searchCalls = new SearchCalls(catalog, () => performance.now());
  return {
    run: (call, signal) =>
      telemetry.runCall(call, caller.id, async () =>
        searchCalls.includes(call.name) ? await searchCalls.run(call) : await runner.run(call, signal),
      ),
    truncate: (result, room) => runner.truncate(result, room),
    isFree: (call) => searchCalls.includes(call.name) || runner.isFree(call),
    isReadOnly: (name) => searchCalls.includes(name) || runner.isReadOnly(name),
  };
}

function forbiddenResult({ id, name }: ToolCall): ToolResult {
  return { callId: id, name, status: "failed", content: FORBIDDEN, durationMs: 0, refused: "policy" };
}

const FORBIDDEN = "Not called: this person's roles do not allow it. Do not try it again.";

/** Runs an operation. A model that has found it by searching reads its definition when the arguments are wrong. */
async function runOperation(
  call: ToolCall,
  tool: Tool | undefined,
  { toolbox, search }: ToolCatalog,
  context: CallContext,
): Promise<ReceivedResult> {
  const outcome = await toolbox.run(call, context);
  const { content } = outcome.result;
  if (!search || !tool || !content.startsWith(REQUEST_NOT_SENT)) return outcome;
  return { ...outcome, result: { ...outcome.result, content: `${content}\n\n${describeTool(tool)}` } };
}

/** Returns whether a tool changes nothing, also for results of earlier turns. */
export function isReadOnlyTool(
  catalog: Pick<ToolCatalog, "find" | "builtinNames" | "search">,
  name: string,
): boolean {
  const builtin: readonly string[] = Object.values(catalog.builtinNames);
  return builtin.includes(name) || isSearchTool(catalog, name) || catalog.find(name)?.readOnly === true;
}

/** Returns the system prompt. It is the same for every turn, so that the cached prefix stays. */
export function buildTurnSystemPrompt(
  { config }: Pick<App, "config">,
  { titles, tools, custom, builtinNames, search }: ToolCatalog,
): string {
  const names = custom.map(({ name }) => name);
  const prompt = config.systemPrompt ?? buildSystemPrompt(titles, tools.length, names, search?.names);
  return [
    prompt,
    ...(tools.length === 0 ? [] : [buildResultsGuide(builtinNames)]),
    ...(tools.length + custom.length === 0 ? [] : [DATA_NOTE]),
  ].join("\n\n");
}
