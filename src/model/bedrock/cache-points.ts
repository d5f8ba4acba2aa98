import type { CachePlace } from "../capabilities.ts";
import type { CachePoint, ContentBlock, ConverseBody, ConverseMessage } from "./types.ts";

const POINT: CachePoint = { cachePoint: { type: "default" } };

/**
 * Up to four points, where the model takes them: after the tools, after the system prompt, and after the two newest user
 * turns, so that this request reads what the one before it wrote, and writes what the next one reads. What stands before a
 * point never depends on time or chance, or nothing would ever be read.
 */
export function withCachePoints(body: ConverseBody, places: readonly CachePlace[]): ConverseBody {
  return {
    ...body,
    messages: places.includes("messages") ? withMessagePoints(body.messages, places) : body.messages,
    ...(body.system && places.includes("system") && { system: [...body.system, POINT] }),
    ...(body.toolConfig &&
      places.includes("tools") && { toolConfig: { tools: [...body.toolConfig.tools, POINT] } }),
  };
}

function withMessagePoints(
  messages: readonly ConverseMessage[],
  places: readonly CachePlace[],
): readonly ConverseMessage[] {
  // Nova, which caches no tools either, takes no point beside tool blocks.
  const besideTools = places.includes("tools");
  const newest = messages
    .flatMap(({ role, content }, index) =>
      role === "user" && (besideTools || !content.some(isToolBlock)) ? [index] : [],
    )
    .slice(-2);
  return messages.map((message, index) =>
    newest.includes(index) ? { ...message, content: [...message.content, POINT] } : message,
  );
}

function isToolBlock(block: ContentBlock): boolean {
  return "toolUse" in block || "toolResult" in block;
}
