import type { SessionId } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import type { SessionStore } from "../../store/types.ts";
import { type ImportEntry, readConversations } from "./conversations.ts";
import type { NumberedLine } from "./streams.ts";

export interface ImportResult {
  readonly added: number;
  /** Left alone, as the store has them already. */
  readonly existing: number;
  /** One line each. */
  readonly errors: readonly string[];
}

/** Messages written in one go. */
const BATCH_SIZE = 200;

/** Reads an export into a store. @throws StartError when it is none. */
export async function importSessions(
  store: SessionStore,
  lines: AsyncIterable<NumberedLine>,
  onSession: () => void,
  stop: AbortSignal,
): Promise<ImportResult> {
  const errors: string[] = [];
  let added = 0;
  let existing = 0;
  for await (const entry of readConversations(lines)) {
    if (stop.aborted) break;
    if (entry.type === "mistake") {
      errors.push(entry.text);
      continue;
    }
    onSession();
    if (await sessionExists(store, entry.session.id)) {
      existing += 1;
      continue;
    }
    await addConversation(store, entry);
    added += 1;
  }
  return { added, existing, errors };
}

/** One that cannot be read is there all the same. */
async function sessionExists(store: SessionStore, id: SessionId): Promise<boolean> {
  try {
    return (await store.read(id, { newest: 0 })) !== undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === "session_not_found") return true;
    throw error;
  }
}

/** Whole, or not at all: a second import would leave half of it alone. */
async function addConversation(
  store: SessionStore,
  entry: Extract<ImportEntry, { type: "conversation" }>,
): Promise<void> {
  const { session, messages, summary } = entry;
  try {
    await store.create(session);
    for (let index = 0; index < messages.length; index += BATCH_SIZE)
      await store.write(session.id, {
        at: session.updatedAt,
        messages: messages.slice(index, index + BATCH_SIZE),
      });
    if (summary) await store.summarize(session.id, summary);
  } catch (error) {
    await store.delete(session.id).catch(() => undefined);
    throw error;
  }
}
