/** The calls of one turn that are the same again: reading twice is one request, and nothing is done over and over. */

import { stringifyJson } from "../json.ts";
import { createNotRunResult, type RunCall } from "./calls.ts";
import type { ToolCall, ToolResult } from "./types.ts";

/** The call with the same arguments that is no longer carried out. */
const FIRST_REFUSED_REPEAT = 3;

/**
 * For one turn; `before` are its calls so far. A call that only reads shares the result of the same call before it, unless that failed or something was
 * changed since. The third of the same calls is answered by a failed result that says so, and so are all after it.
 */
export function withCallDeduplication(
  run: RunCall,
  isReadOnly: (tool: string) => boolean,
  previousCalls: readonly ToolCall[] = [],
): RunCall {
  const counts = new Map<string, number>();
  for (const call of previousCalls) counts.set(callKey(call), (counts.get(callKey(call)) ?? 0) + 1);
  const sharedResults = new Map<string, Promise<ToolResult>>();
  return async (call, signal) => {
    const key = callKey(call);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count >= FIRST_REFUSED_REPEAT) return createNotRunResult(call, REPEATED_CALL);
    if (!isReadOnly(call.name)) {
      sharedResults.clear();
      // What was read while it ran may be what was before, or after.
      return run(call, signal).finally(() => sharedResults.clear());
    }
    const before = sharedResults.get(key);
    const result = before === undefined ? run(call, signal) : before.then(reuse);
    sharedResults.set(key, result);
    return result;

    function reuse(earlier: ToolResult): ToolResult | Promise<ToolResult> {
      return earlier.status === "ok" ? { ...earlier, callId: call.id, durationMs: 0 } : run(call, signal);
    }
  };
}

function callKey({ name, malformed, arguments: values }: ToolCall): string {
  return `${name} ${malformed ?? stringifyJson(sortKeys(values))}`;
}

const REPEATED_CALL =
  "Not called: you have made this call with the same arguments twice already, and its results are above. Use them, change the arguments, or tell the person what is missing.";

/** The same values in another order are the same arguments. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
