/** Collects the calls of a turn that may have changed data, so that a failure after them is not reported as retryable. */
import type { RunCall } from "./calls.ts";
import type { ToolCall, ToolResult } from "./types.ts";

export class ChangeTracker {
  /** The names of the tools, in the order in which their calls were sent. */
  readonly #sent = new Map<string, string>();
  readonly #isReadOnly: (tool: string) => boolean;

  /** @param earlierResults results of the turn from before this run, which a repeated request would repeat. */
  constructor(isReadOnly: (tool: string) => boolean, earlierResults: readonly ToolResult[]) {
    this.#isReadOnly = isReadOnly;
    for (const result of earlierResults) {
      this.#start(result.callId, result.name);
      this.#end(result);
    }
  }

  get names(): readonly string[] {
    return [...this.#sent.values()];
  }

  /** Returns a `run` whose calls are tracked. A call without a result so far may have changed data. */
  track(run: RunCall): RunCall {
    return async (call: ToolCall, signal) => {
      this.#start(call.id, call.name);
      const result = await run(call, signal);
      this.#end(result);
      return result;
    };
  }

  #start(id: string, name: string): void {
    if (!this.#isReadOnly(name)) this.#sent.set(id, name);
  }

  #end(result: ToolResult): void {
    if (!mayHaveChangedData(result)) this.#sent.delete(result.callId);
  }
}

/** The beginnings of results of calls that were not sent. */
const NOT_SENT = /^(Not called|Request not sent|Unknown tool|Not carried out)\b/;

/** Returns false for a call that was not sent, and for one that the API refused as the mistake of its client. */
function mayHaveChangedData({ status, httpStatus, content }: ToolResult): boolean {
  if (status === "ok") return true;
  if (httpStatus !== undefined) return httpStatus < 400 || httpStatus >= 500 || httpStatus === 408;
  return !NOT_SENT.test(content);
}
