/** Detects repeated calls within one turn. Repeated reads share a result, and endless repetition is refused. */
import { stringifyJson } from "../json.ts";
import { createNotRunResult, type RunCall } from "./calls.ts";
import type { ToolCall, ToolResult } from "./types.ts";

/** The first occurrence of a call that is refused. */
const FIRST_REFUSED_REPEAT = 3;

/**
 * Returns a `run` for one turn that handles calls with the same tool and arguments. A read-only call shares the result of
 * an earlier one, unless that failed or a tool that changes data ran since. The third occurrence and all later ones fail.
 * @param previousCalls the turn's calls so far.
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
    if (count >= FIRST_REFUSED_REPEAT) return createNotRunResult(call, REPEATED_CALL, "repeated");
    if (!isReadOnly(call.name)) {
      sharedResults.clear();
      // A read that overlaps a change may have seen the state before or after it.
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

/** Sorts object keys, so that arguments in another order compare equal. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
