/** Runs the tool calls of one round. */
import type { RefusalCode } from "../errors.ts";
import type { ToolCall, ToolResult } from "./types.ts";

/** Runs one call. Never rejects: every failure is a failed result. */
export type RunCall = (call: ToolCall, signal: AbortSignal) => Promise<ToolResult>;

export interface CallLimits {
  /** The number of calls that one turn may make. */
  readonly maxToolCalls: number;
  readonly maxParallelCalls: number;
}

/** The number of free calls in one round. A model that asks for more reads without need. */
const MAX_FREE_CALLS = 50;

/**
 * Runs calls in parallel and yields one result per call, in call order, so that clients and the model see the same order
 * on every run. Calls beyond the turn's limit fail without being run.
 * @param callsSoFar calls of the turn that count towards its limit.
 * @param isFree selects calls that do not count towards the limit.
 */
export async function* runCalls(
  calls: readonly ToolCall[],
  run: RunCall,
  limits: CallLimits,
  callsSoFar: number,
  signal: AbortSignal,
  isFree: (call: ToolCall) => boolean = () => false,
): AsyncGenerator<ToolResult> {
  const free = calls.filter(isFree);
  const limited = calls.filter((call) => !isFree(call));
  const refused = new Set([
    ...limited.slice(Math.max(0, limits.maxToolCalls - callsSoFar)),
    ...free.slice(MAX_FREE_CALLS),
  ]);
  const allowed = calls.filter((call) => !refused.has(call));
  const results = mapWithConcurrency(allowed, (call) => run(call, signal), limits.maxParallelCalls);
  for (const call of calls) {
    if (!refused.has(call)) {
      yield await (results[allowed.indexOf(call)] ?? createNotRunResult(call, "Not called."));
      continue;
    }
    const reason = isFree(call)
      ? `Not called: the limit of ${MAX_FREE_CALLS} such calls at once was reached.`
      : describeCallLimit(limits);
    yield createNotRunResult(call, reason, "limit");
  }
}

/** Returns a text for the model about a call beyond the limit of the turn. */
export function describeCallLimit({ maxToolCalls }: Pick<CallLimits, "maxToolCalls">): string {
  return `Not called: the limit of ${maxToolCalls} tool calls for one message was reached.`;
}

/** Runs at most `limit` inputs at the same time. Returns the promises immediately, in order. `run` must not reject. */
function mapWithConcurrency<In, Out>(
  inputs: readonly In[],
  run: (input: In) => Promise<Out>,
  limit: number,
): Promise<Out>[] {
  const outputs: Promise<Out>[] = [];
  inputs.forEach((input, index) => {
    // Each waits for the one `limit` places before it, which forms lanes without a queue.
    const blocker = outputs[index - limit];
    outputs.push(blocker ? blocker.then(() => run(input)) : run(input));
  });
  return outputs;
}

/** Creates the failed result of a call that was not run. `reason` is a text for the model. */
export function createNotRunResult(call: ToolCall, reason: string, refused?: RefusalCode): ToolResult {
  const result = {
    callId: call.id,
    name: call.name,
    status: "failed",
    content: reason,
    durationMs: 0,
  } as const;
  return refused === undefined ? result : { ...result, refused };
}
