/** The calls of one turn that are the same again: reading twice is one request, and nothing is done over and over. */

import { stringifyJson } from "../json.ts";
import { notRun, type RunCall } from "./calls.ts";
import type { ToolCall, ToolResult } from "./types.ts";

/** The call with the same arguments that is no longer carried out. */
const REFUSED = 3;

/**
 * For one turn; `before` are its calls so far. A call that only reads shares the result of the same call before it, unless that failed or something was
 * changed since. The third of the same calls is answered by a failed result that says so, and so are all after it.
 */
export function withoutRepeats(
  run: RunCall,
  isReadOnly: (tool: string) => boolean,
  before: readonly ToolCall[] = [],
): RunCall {
  const counts = new Map<string, number>();
  for (const call of before) counts.set(keyOf(call), (counts.get(keyOf(call)) ?? 0) + 1);
  const shared = new Map<string, Promise<ToolResult>>();
  return async (call, signal) => {
    const key = keyOf(call);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count >= REFUSED) return notRun(call, REPEATED);
    if (!isReadOnly(call.name)) {
      shared.clear();
      // What was read while it ran may be what was before, or after.
      return run(call, signal).finally(() => shared.clear());
    }
    const before = shared.get(key);
    const reading = before === undefined ? run(call, signal) : before.then(read);
    shared.set(key, reading);
    return reading;

    function read(known: ToolResult): ToolResult | Promise<ToolResult> {
      return known.status === "ok" ? { ...known, callId: call.id, durationMs: 0 } : run(call, signal);
    }
  };
}

function keyOf({ name, malformed, arguments: values }: ToolCall): string {
  return `${name} ${malformed ?? stringifyJson(sorted(values))}`;
}

const REPEATED =
  "Not called: you have made this call with the same arguments twice already, and its results are above. Use them, change the arguments, or tell the person what is missing.";

/** The same values in another order are the same arguments. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
