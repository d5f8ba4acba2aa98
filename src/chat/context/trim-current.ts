/** The running turn when it alone is too long for the model: its older results make room for the newer. */
import { estimateAllTokens, estimateTokens } from "../tokens.ts";
import type { Message, ToolResult } from "../types.ts";

const LEFT_OUT =
  "(Left out here to make room for newer results. Call again, asking for less, if you need it still.)";

/** Oldest first, the newest round's never; each call keeps its result, which then says where it went. */
export function thinTurn(current: readonly Message[], maxTokens: number): readonly Message[] {
  let excess = estimateAllTokens(current) - maxTokens;
  if (excess <= 0) return current;
  const newest = current.findLastIndex(({ role }) => role === "results");
  return current.map((message, index) => {
    if (message.role !== "results" || index === newest || excess <= 0) return message;
    const thin = { ...message, results: message.results.map(leftOut) };
    excess -= estimateTokens(message) - estimateTokens(thin);
    return thin;
  });
}

function leftOut(result: ToolResult): ToolResult {
  return result.content.length <= LEFT_OUT.length ? result : { ...result, content: LEFT_OUT };
}
