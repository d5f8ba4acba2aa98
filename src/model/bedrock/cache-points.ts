/** Adds prompt cache points to a request. */
import type { CachePointPosition } from "../capabilities.ts";
import type { CachePoint, ContentBlock, ConverseBody, ConverseMessage } from "./types.ts";

const CACHE_POINT: CachePoint = { cachePoint: { type: "default" } };

/**
 * Adds up to four cache points at supported positions: after the tools, after the system prompt, and after the last
 * two user turns. The first of these two reads what the previous request wrote; the second writes what the next
 * request reads. The content before a cache point must not depend on time or randomness, else the cache never hits.
 */
export function addCachePoints(body: ConverseBody, positions: readonly CachePointPosition[]): ConverseBody {
  return {
    ...body,
    messages: positions.includes("messages")
      ? addMessageCachePoints(body.messages, positions)
      : body.messages,
    ...(body.system && positions.includes("system") && { system: [...body.system, CACHE_POINT] }),
    ...(body.toolConfig &&
      positions.includes("tools") && {
        toolConfig: { ...body.toolConfig, tools: [...body.toolConfig.tools, CACHE_POINT] },
      }),
  };
}

function addMessageCachePoints(
  messages: readonly ConverseMessage[],
  positions: readonly CachePointPosition[],
): readonly ConverseMessage[] {
  // Nova does not cache tools, and rejects a cache point in a message with tool blocks.
  const allowsToolBlocks = positions.includes("tools");
  const lastTurns = messages
    .flatMap(({ role, content }, index) =>
      role === "user" && (allowsToolBlocks || !content.some(isToolBlock)) ? [index] : [],
    )
    .slice(-2);
  return messages.map((message, index) =>
    lastTurns.includes(index) ? { ...message, content: [...message.content, CACHE_POINT] } : message,
  );
}

function isToolBlock(block: ContentBlock): boolean {
  return "toolUse" in block || "toolResult" in block;
}
