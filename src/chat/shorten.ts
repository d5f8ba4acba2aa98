/** Keeps one tool result from filling the model's context: what is cut is said, so that the model asks for less. */
import type { ToolResult } from "./types.ts";

/** `limit` in characters (UTF-16 units); a surrogate pair is never cut in two. */
export function shorten(result: ToolResult, limit: number): ToolResult {
  const { content } = result;
  if (content.length <= limit) return result;
  const splitsPair = /[\uD800-\uDBFF]/.test(content[limit - 1] ?? "");
  const kept = content.slice(0, splitsPair ? limit - 1 : limit);
  const note = `\n[The result has ${content.length} characters; these are the first ${kept.length}. Ask for less: filter, or fetch fewer records at a time.]`;
  return { ...result, content: kept + note };
}
