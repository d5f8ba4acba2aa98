/** Ends a stateless turn where it would suspend. The client keeps the history and continues with a new turn. */
import type { ModelUsage, ToolCall, ToolResult, TurnEvent } from "./types.ts";
import { addModelUsage, addUsage, NO_USAGE } from "./usage.ts";

/** Yields the events of a turn, and a `turn_ended` with its totals after `turn_waiting`. */
export async function* endWhenSuspended(
  events: AsyncIterable<TurnEvent>,
  now: () => Date,
): AsyncGenerator<TurnEvent, void> {
  const calls: ToolCall[] = [];
  const results: ToolResult[] = [];
  let spent: readonly ModelUsage[] = [];
  for await (const event of events) {
    yield event;
    if (event.type === "call_started") calls.push(event.call);
    if (event.type === "call_ended") results.push(event.result);
    if (event.type === "message_added" && event.message.role === "assistant")
      spent = addModelUsage(spent, event.message);
    if (event.type !== "turn_waiting") continue;
    const { id, model, text } = event.turn;
    const usage = spent.reduce((sum, one) => addUsage(sum, one.usage), NO_USAGE);
    const totals = { text, calls, results, usage, spent, endedAt: now().toISOString() };
    yield {
      type: "turn_ended",
      turnId: id,
      end: { outcome: "answered", stopReason: "handed_over", model, ...totals },
    };
  }
}
