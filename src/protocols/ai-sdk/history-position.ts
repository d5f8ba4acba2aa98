/** Finds where the message of a request belongs in the stored history: a client may edit, regenerate or remove messages. Pure. */
import { type AiSdkRequest, textOfMessage } from "./requests.ts";

/** A stored user message. Messages of older versions have no client's id. */
interface StoredQuestion {
  readonly clientId?: string;
  readonly text: string;
}

/**
 * Returns the number of stored user messages before the last message of the request, or undefined when the stored history does
 * not have the messages that the client sent before it. Some clients send the last message only, or the newest ones. The ids
 * of the client show the place, and texts where an id is not stored.
 */
export function findHistoryPosition(
  { messages, trigger, messageId }: AiSdkRequest,
  stored: readonly StoredQuestion[],
): number | undefined {
  const questions = messages.filter(({ role }) => role === "user");
  const last = questions.at(-1);
  const isReplacement = trigger === "regenerate-message" || typeof messageId === "string";
  const replaced = isReplacement ? findId(stored, last?.id) : -1;
  if (replaced !== -1) return replaced;
  const before = questions.slice(0, -1);
  const previous = findId(stored, before.at(-1)?.id);
  if (previous !== -1) return previous + 1;
  const storedTexts = stored.map(({ text }) => text);
  if (before.length > 0) return findLast(storedTexts, before.map(textOfMessage));
  if (trigger === "regenerate-message") {
    const index = last === undefined ? -1 : storedTexts.lastIndexOf(textOfMessage(last));
    return index === -1 ? undefined : index;
  }
  // An edited message without others is the first one.
  return typeof messageId === "string" ? 0 : undefined;
}

function findId(stored: readonly StoredQuestion[], id: string | undefined): number {
  return id === undefined ? -1 : stored.findLastIndex(({ clientId }) => clientId === id);
}

/** Returns the position after the last place at which the texts follow each other. */
function findLast(stored: readonly string[], texts: readonly string[]): number | undefined {
  for (let end = stored.length; end >= texts.length; end--)
    if (texts.every((text, index) => stored[end - texts.length + index] === text)) return end;
  return undefined;
}
