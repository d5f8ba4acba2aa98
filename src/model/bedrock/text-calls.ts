/** Recognizes tool calls written as plain text, which Llama 3 sometimes does. */
import type { ToolDefinition } from "../../chat/types.ts";
import { ToolCallParser } from "./calls.ts";
import { parseTextToolCalls } from "./prompted-tools.ts";
import type { EventBatch } from "./types.ts";

/** Converts the events of a complete reply to tool calls when its text consists of calls to known tools only. */
export function convertTextCalls(
  events: EventBatch,
  tools: readonly ToolDefinition[],
  newId: () => string,
): EventBatch {
  if (tools.length === 0 || events.some((event) => event.type === "call")) return events;
  const text = events.flatMap((event) => (event.type === "text" ? [event.text] : [])).join("");
  const written = parseTextToolCalls(text.replace("<|python_tag|>", ""));
  if (!written?.every(({ name }) => tools.some((tool) => tool.name === name))) return events;
  const parser = new ToolCallParser();
  return events.flatMap((event): EventBatch => {
    if (event.type === "text") return [];
    if (event.type !== "end") return [event];
    const calls = written.map(
      ({ name, input }) => ({ type: "call", call: parser.parse(newId(), name, input) }) as const,
    );
    return [...calls, { ...event, stopReason: "tool_use" }];
  });
}
