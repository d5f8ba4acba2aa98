/**
 * A turn that is kept open by nobody here: where it would wait, for a person's word or for somebody else to carry out its
 * calls, it ends with what it has used. Whoever has the history goes on with a turn of its own.
 */
import type { ModelUsage, ToolCall, ToolResult, TurnEvent } from "./types.ts";
import { addModelUsage, addUsage, NO_USAGE } from "./usage.ts";

/** The events of a turn; behind its `turn_waiting`, a `turn_ended`. */
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
    const sums = { text, calls, results, usage, spent, endedAt: now().toISOString() };
    yield {
      type: "turn_ended",
      turnId: id,
      end: { outcome: "answered", stopReason: "handed_over", model, ...sums },
    };
  }
}
