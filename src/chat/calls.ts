/** Runs the tool calls of one round. */
import type { ToolCall, ToolResult } from "./types.ts";

/** Always resolves: whatever goes wrong is a failed result. */
export type RunCall = (call: ToolCall, signal: AbortSignal) => Promise<ToolResult>;

export interface CallLimits {
  /** Calls of one turn. */
  readonly maxToolCalls: number;
  readonly maxParallelCalls: number;
}

/**
 * Yields one result a call, in call order, each as soon as it and all before it are there: clients and the model see the
 * same order on every run. Calls beyond the turn's limit (`before`: how many it has had) are not carried out.
 */
export async function* runCalls(
  calls: readonly ToolCall[],
  run: RunCall,
  limits: CallLimits,
  before: number,
  signal: AbortSignal,
): AsyncGenerator<ToolResult> {
  const allowed = calls.slice(0, Math.max(0, limits.maxToolCalls - before));
  for (const result of inParallel(allowed, (call) => run(call, signal), limits.maxParallelCalls))
    yield await result;
  for (const call of calls.slice(allowed.length)) {
    yield notRun(
      call,
      `Not called: the limit of ${limits.maxToolCalls} tool calls for one question was reached.`,
    );
  }
}

/** Runs at most `limit` at once; the promises come back at once, in order. `run` must not reject. */
function inParallel<In, Out>(
  inputs: readonly In[],
  run: (input: In) => Promise<Out>,
  limit: number,
): Promise<Out>[] {
  const outputs: Promise<Out>[] = [];
  inputs.forEach((input, index) => {
    // Each waits for the one `limit` places before it, so lanes form without a queue of our own.
    const lane = outputs[index - limit];
    outputs.push(lane ? lane.then(() => run(input)) : run(input));
  });
  return outputs;
}

/** A call that was not carried out, said to the model. */
export function notRun(call: ToolCall, reason: string): ToolResult {
  return { callId: call.id, name: call.name, status: "failed", content: reason, durationMs: 0 };
}
