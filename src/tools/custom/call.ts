import type { ToolCall, ToolResult } from "../../chat/types.ts";
import type { CustomContext, CustomTool, ToolOutput } from "../types.ts";

export interface CustomCallOptions {
  readonly timeoutMs: number;
  /** Milliseconds, for durations. */
  readonly now: () => number;
  /** Told of what was thrown, with its stack; the model reads its message alone. */
  readonly onError: (detail: string) => void;
}

/**
 * A call of a tool that is no operation. Always resolves, and in time: what the tool throws is a failed result, and one
 * that goes on after its time, or after it was stopped, is left to itself.
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
    return fail(`The arguments of ${tool.name} are no JSON object; send them again as one.`);
  const signal = AbortSignal.any([stopSignal, AbortSignal.timeout(timeoutMs)]);
  const interruptedOutput = () =>
    fail(
      stopSignal.aborted
        ? "The call was stopped."
        : `${tool.name} did not answer within ${timeoutMs / 1000} s.`,
    );
  if (signal.aborted) return interruptedOutput();
  const interrupted = Promise.withResolvers<ToolOutput>();
  // Before the tool can listen, so that what it throws for this very reason comes too late.
  signal.addEventListener("abort", () => interrupted.resolve(interruptedOutput()), { once: true });
  try {
    return await Promise.race([tool.run(values, { ...context, signal }), interrupted.promise]);
  } catch (error) {
    const { message, stack = message } = error instanceof Error ? error : { message: String(error) };
    onError(stack);
    return fail(`${tool.name} failed: ${message || "it does not say why"}`);
  }
}

function fail(content: string): ToolOutput {
  return { status: "failed", content };
}
