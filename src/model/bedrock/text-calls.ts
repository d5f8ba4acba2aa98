/** Llama 3 sometimes writes its call as text, with nothing beside it. */
import type { ToolDefinition } from "../../chat/types.ts";
import { CallReader } from "./calls.ts";
import { saidCalls } from "./prompted-tools.ts";
import type { Batch } from "./types.ts";

/** A whole answer whose only text names tools that were offered, as the calls that were meant. */
export function withTextCalls(events: Batch, tools: readonly ToolDefinition[], newId: () => string): Batch {
  if (tools.length === 0 || events.some((event) => event.type === "call")) return events;
  const text = events.flatMap((event) => (event.type === "text" ? [event.text] : [])).join("");
  const said = saidCalls(text.replace("<|python_tag|>", ""));
  if (!said?.every(({ name }) => tools.some((tool) => tool.name === name))) return events;
  const reader = new CallReader();
  return events.flatMap((event): Batch => {
    if (event.type === "text") return [];
    if (event.type !== "end") return [event];
    const calls = said.map(
      ({ name, input }) => ({ type: "call", call: reader.read(newId(), name, input) }) as const,
    );
    return [...calls, { ...event, stopReason: "tool_use" }];
  });
}
