/** Adds prompt cache points to a request. */
import type { CachePointPosition } from "../capabilities.ts";
import type { CacheTtl } from "../capabilities-columns.ts";
import type { CachePoint, ContentBlock, ConverseBody, ConverseMessage } from "./types.ts";

/** Five minutes are the default of the service. */
const CACHE_POINTS: Readonly<Record<CacheTtl, CachePoint>> = {
  "5m": { cachePoint: { type: "default" } },
  "1h": { cachePoint: { type: "default", ttl: "1h" } },
};

/**
 * Adds up to four cache points at supported positions: after the tools, after the system prompt, and after the last
 * two user turns. The first of these two reads what the previous request wrote; the second writes what the next
 * request reads. The content before a cache point must not depend on time or randomness, else the cache never hits.
 */
export function addCachePoints(
  body: ConverseBody,
  positions: readonly CachePointPosition[],
  ttl: CacheTtl = "5m",
): ConverseBody {
  const point = CACHE_POINTS[ttl];
  return {
    ...body,
    messages: positions.includes("messages")
      ? addMessageCachePoints(body.messages, positions, point)
      : body.messages,
    ...(body.system && positions.includes("system") && { system: [...body.system, point] }),
    ...(body.toolConfig &&
      positions.includes("tools") && {
        toolConfig: { ...body.toolConfig, tools: [...body.toolConfig.tools, point] },
      }),
  };
}

function addMessageCachePoints(
  messages: readonly ConverseMessage[],
  positions: readonly CachePointPosition[],
  point: CachePoint,
): readonly ConverseMessage[] {
  // Nova does not cache tools, and rejects a cache point in a message with tool blocks.
  const allowsToolBlocks = positions.includes("tools");
  const lastTurns = messages
    .flatMap(({ role, content }, index) =>
      role === "user" && (allowsToolBlocks || !content.some(isToolBlock)) ? [index] : [],
    )
    .slice(-2);
  return messages.map((message, index) =>
    lastTurns.includes(index) ? { ...message, content: [...message.content, point] } : message,
  );
}

function isToolBlock(block: ContentBlock): boolean {
  return "toolUse" in block || "toolResult" in block;
}
