/** Adds cache breakpoints to the input of a request. */
import type { InputItem, InputPart } from "./types.ts";

/**
 * Adds breakpoints after the system prompt, which the tools precede, and after the last two turns of the user or of results.
 * The first of these two reads what the previous request wrote; the second writes what the next request reads. At most
 * four are written.
 */
export function addBreakpoints(input: readonly InputItem[]): readonly InputItem[] {
  const system = input.findIndex((item) => "role" in item && item.role === "developer");
  const ends = input.flatMap((item, index) =>
    isUserSide(item) && !isUserSide(input[index + 1]) ? [index] : [],
  );
  const marked = new Set([system, ...ends.slice(-2)]);
  return input.map((item, index) => (marked.has(index) ? withBreakpoint(item) : item));
}

/** Returns true for what a user turn of Converse becomes. */
function isUserSide(item: InputItem | undefined): boolean {
  if (item === undefined) return false;
  return "role" in item ? item.role === "user" : item.type === "function_call_output";
}

function withBreakpoint(item: InputItem): InputItem {
  if ("role" in item) return item.role === "assistant" ? item : { ...item, content: markLast(item.content) };
  return item.type === "function_call_output" && typeof item.output !== "string"
    ? { ...item, output: markLast(item.output) }
    : item;
}

function markLast(parts: readonly InputPart[]): readonly InputPart[] {
  return parts.map((part, index) =>
    index === parts.length - 1 ? { ...part, prompt_cache_breakpoint: { mode: "explicit" } } : part,
  );
}
