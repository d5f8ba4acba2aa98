/** Runs the tool calls of one round. */
import type { ToolCall, ToolResult } from "./types.ts";

/** Always resolves: whatever goes wrong is a failed result. */
export type RunCall = (call: ToolCall, signal: AbortSignal) => Promise<ToolResult>;

export interface CallLimits {
  /** Calls of one turn. */
  readonly maxToolCalls: number;
  readonly maxParallelCalls: number;
}

/** Calls of one round that count towards no limit of the turn: a model that asks for more at once reads without need. */
const MAX_FREE_CALLS = 50;

/**
 * Yields one result a call, in call order, each as soon as it and all before it are there: clients and the model see the
 * same order on every run. Calls beyond the turn's limit (`before`: how many it has had) are not carried out; those that
 * are `free` do not count.
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
    const limit = isFree(call)
      ? `${MAX_FREE_CALLS} such calls at once`
      : `${limits.maxToolCalls} tool calls for one question`;
    yield createNotRunResult(call, `Not called: the limit of ${limit} was reached.`);
  }
}

/** Runs at most `limit` at once; the promises come back at once, in order. `run` must not reject. */
function mapWithConcurrency<In, Out>(
  inputs: readonly In[],
  run: (input: In) => Promise<Out>,
  limit: number,
): Promise<Out>[] {
  const outputs: Promise<Out>[] = [];
  inputs.forEach((input, index) => {
    // Each waits for the one `limit` places before it, so lanes form without a queue of our own.
    const blocker = outputs[index - limit];
    outputs.push(blocker ? blocker.then(() => run(input)) : run(input));
  });
  return outputs;
}

/** A call that was not carried out, said to the model. */
export function createNotRunResult(call: ToolCall, reason: string): ToolResult {
  return { callId: call.id, name: call.name, status: "failed", content: reason, durationMs: 0 };
}
