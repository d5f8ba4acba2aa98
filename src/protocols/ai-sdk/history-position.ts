/** Finds where the message of a request belongs in the stored history: a client may edit, regenerate or remove messages. Pure. */
import { type AiSdkRequest, textOfMessage } from "./requests.ts";

/**
 * Returns the number of stored user messages before the last message of the request, or undefined when the stored history does
 * not have the messages that the client sent before it. Some clients send the last message only, or the newest ones.
 * @param stored the texts of the stored user messages.
 */
export function findHistoryPosition(
  { messages, trigger, messageId }: AiSdkRequest,
  stored: readonly string[],
): number | undefined {
  const texts = messages.filter(({ role }) => role === "user").map(textOfMessage);
  const before = texts.slice(0, -1);
  if (before.length > 0) return findLast(stored, before);
  const last = texts.at(-1);
  if (trigger === "regenerate-message") {
    const index = last === undefined ? -1 : stored.lastIndexOf(last);
    return index === -1 ? undefined : index;
  }
  // An edited message without others is the first one.
  return typeof messageId === "string" ? 0 : undefined;
}

/** Returns the position after the last place at which the texts follow each other. */
function findLast(stored: readonly string[], texts: readonly string[]): number | undefined {
  for (let end = stored.length; end >= texts.length; end--)
    if (texts.every((text, index) => stored[end - texts.length + index] === text)) return end;
  return undefined;
}
