/** Runs calls of custom tools with a time limit. */
import type { ToolCall, ToolResult } from "../../chat/types.ts";
import type { CustomContext, CustomTool, ToolOutput } from "../types.ts";

export interface CustomCallOptions {
  readonly timeoutMs: number;
  /** A clock in milliseconds, for durations. */
  readonly now: () => number;
  /** Receives the stack of a thrown error. The model reads only its message. */
  readonly onError: (detail: string) => void;
}

/**
 * Runs a call of a custom tool. Never rejects: an error is a failed result. A call that exceeds the time limit or is
 * stopped resolves immediately. A tool that ignores the signal continues, and its output is dropped.
 */
export async function callCustomTool(
  tool: CustomTool,
  call: ToolCall,
  context: CustomContext,
  options: CustomCallOptions,
): Promise<ToolResult> {
  const startedAt = options.now();
  const output = await runWithTimeout(tool, call, context, options);
  const durationMs = Math.round(options.now() - startedAt);
  return { callId: call.id, name: tool.name, ...output, durationMs };
}

async function runWithTimeout(
  tool: CustomTool,
  { arguments: values, malformed }: ToolCall,
  context: CustomContext,
  { timeoutMs, onError }: CustomCallOptions,
): Promise<ToolOutput> {
  const stopSignal = context.signal;
  if (malformed !== undefined)
    return fail(`Tool not run: the arguments of ${tool.name} are not a JSON object. Call it again with one.`);
  const signal = AbortSignal.any([stopSignal, AbortSignal.timeout(timeoutMs)]);
  const interruptedOutput = () =>
    fail(
      stopSignal.aborted
        ? "The call was stopped."
        : `${tool.name} did not finish within ${timeoutMs / 1000} s.`,
    );
  if (signal.aborted) return interruptedOutput();
  const interrupted = Promise.withResolvers<ToolOutput>();
  // Registered before the tool's own listeners, so that this result precedes an error that the abort causes there.
  signal.addEventListener("abort", () => interrupted.resolve(interruptedOutput()), { once: true });
  try {
    return await Promise.race([tool.run(values, { ...context, signal }), interrupted.promise]);
  } catch (error) {
    const { message, stack = message } = error instanceof Error ? error : { message: String(error) };
    onError(stack);
    return fail(`${tool.name} failed: ${message || "no error message"}`);
  }
}

function fail(content: string): ToolOutput {
  return { status: "failed", content };
}
