/** Stores a copy of messages as a session of its own. */
import type { Message } from "../chat/types.ts";
import type { App } from "../context.ts";
import type { ListedSession, Session, Summary } from "../store/types.ts";

/** Messages per write. */
const BATCH_SIZE = 200;

/** Stores the whole copy, or nothing. A summary of more messages than the copy has is left out. */
export async function storeCopy(
  store: App["store"],
  copy: Session,
  messages: readonly Message[],
  summary?: Summary,
): Promise<ListedSession> {
  try {
    await store.create(copy);
    for (let index = 0; index < messages.length; index += BATCH_SIZE)
      await store.write(copy.id, {
        at: copy.updatedAt,
        messages: messages.slice(index, index + BATCH_SIZE),
      });
    if (summary && summary.through <= messages.length) await store.summarize(copy.id, summary);
  } catch (error) {
    await store.delete(copy.id).catch(() => undefined);
    throw error;
  }
  return { ...copy, messageCount: messages.length };
}
