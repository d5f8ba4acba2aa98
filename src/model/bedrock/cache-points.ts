import type { CachePointPosition } from "../capabilities.ts";
import type { CachePoint, ContentBlock, ConverseBody, ConverseMessage } from "./types.ts";

const CACHE_POINT: CachePoint = { cachePoint: { type: "default" } };

/**
 * Up to four points, where the model takes them: after the tools, after the system prompt, and after the two newest user
 * turns, so that this request reads what the one before it wrote, and writes what the next one reads. What stands before a
 * point never depends on time or chance, or nothing would ever be read.
 */
export function addCachePoints(body: ConverseBody, positions: readonly CachePointPosition[]): ConverseBody {
  return {
    ...body,
    messages: positions.includes("messages")
      ? addMessageCachePoints(body.messages, positions)
      : body.messages,
    ...(body.system && positions.includes("system") && { system: [...body.system, CACHE_POINT] }),
    ...(body.toolConfig &&
      positions.includes("tools") && { toolConfig: { tools: [...body.toolConfig.tools, CACHE_POINT] } }),
  };
}

function addMessageCachePoints(
  messages: readonly ConverseMessage[],
  positions: readonly CachePointPosition[],
): readonly ConverseMessage[] {
  // Nova, which caches no tools either, takes no point beside tool blocks.
  const allowsToolBlocks = positions.includes("tools");
  const newest = messages
    .flatMap(({ role, content }, index) =>
      role === "user" && (allowsToolBlocks || !content.some(isToolBlock)) ? [index] : [],
    )
    .slice(-2);
  return messages.map((message, index) =>
    newest.includes(index) ? { ...message, content: [...message.content, CACHE_POINT] } : message,
  );
}

function isToolBlock(block: ContentBlock): boolean {
  return "toolUse" in block || "toolResult" in block;
}
