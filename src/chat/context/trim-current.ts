/** Shortens a current turn that alone is too long for the model, by dropping its older results. */
import { estimateAllTokens, estimateTokens } from "../tokens.ts";
import type { Message, ToolResult } from "../types.ts";

const OMITTED_RESULT =
  "(Left out here to make room for newer results. Call again, asking for less, if you need it still.)";

/**
 * Omits the content of the oldest results until the turn fits, but never that of the newest round. Each call keeps a
 * result, which says that its content was omitted.
 */
export function truncateOldResults(current: readonly Message[], maxTokens: number): readonly Message[] {
  let excess = estimateAllTokens(current) - maxTokens;
  if (excess <= 0) return current;
  const newest = current.findLastIndex(({ role }) => role === "results");
  return current.map((message, index) => {
    if (message.role !== "results" || index === newest || excess <= 0) return message;
    const truncated = { ...message, results: message.results.map(omitContent) };
    excess -= estimateTokens(message) - estimateTokens(truncated);
    return truncated;
  });
}

function omitContent(result: ToolResult): ToolResult {
  return result.content.length <= OMITTED_RESULT.length ? result : { ...result, content: OMITTED_RESULT };
}
