import type { ToolCall, ToolResult } from "../../chat/types.ts";
import type { Answer, CustomContext, CustomTool } from "../types.ts";

export interface CustomCallOptions {
  readonly timeoutMs: number;
  /** Milliseconds, for durations. */
  readonly now: () => number;
  /** Told of what was thrown, with its stack; the model reads its message alone. */
  readonly threw: (detail: string) => void;
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
  const started = options.now();
  const answer = await answerInTime(tool, call, context, options);
  const durationMs = Math.round(options.now() - started);
  return { callId: call.id, name: tool.name, ...answer, durationMs };
}

async function answerInTime(
  tool: CustomTool,
  { arguments: values, malformed }: ToolCall,
  context: CustomContext,
  { timeoutMs, threw }: CustomCallOptions,
): Promise<Answer> {
  const stop = context.signal;
  if (malformed !== undefined)
    return failed(`The arguments of ${tool.name} are no JSON object; send them again as one.`);
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
  const ending = () =>
    failed(
      stop.aborted ? "The call was stopped." : `${tool.name} did not answer within ${timeoutMs / 1000} s.`,
    );
  if (signal.aborted) return ending();
  const left = Promise.withResolvers<Answer>();
  // Before the tool can listen, so that what it throws for this very reason comes too late.
  signal.addEventListener("abort", () => left.resolve(ending()), { once: true });
  try {
    return await Promise.race([tool.run(values, { ...context, signal }), left.promise]);
  } catch (error) {
    const { message, stack = message } = error instanceof Error ? error : { message: String(error) };
    threw(stack);
    return failed(`${tool.name} failed: ${message || "it does not say why"}`);
  }
}

function failed(content: string): Answer {
  return { status: "failed", content };
}
