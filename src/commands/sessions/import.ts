import type { SessionId } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import type { SessionStore } from "../../store/types.ts";
import { type Found, readConversations } from "./conversations.ts";
import type { Line } from "./streams.ts";

export interface Imported {
  readonly added: number;
  /** Left alone, as the store has them already. */
  readonly known: number;
  /** One line each. */
  readonly mistakes: readonly string[];
}

/** Messages written in one go. */
const PORTION = 200;

/** Reads an export into a store. @throws StartError when it is none. */
export async function importSessions(
  store: SessionStore,
  lines: AsyncIterable<Line>,
  onSession: () => void,
  stop: AbortSignal,
): Promise<Imported> {
  const mistakes: string[] = [];
  let added = 0;
  let known = 0;
  for await (const found of readConversations(lines)) {
    if (stop.aborted) break;
    if (found.type === "mistake") {
      mistakes.push(found.text);
      continue;
    }
    onSession();
    if (await isKnown(store, found.session.id)) {
      known += 1;
      continue;
    }
    await add(store, found);
    added += 1;
  }
  return { added, known, mistakes };
}

/** One that cannot be read is there all the same. */
async function isKnown(store: SessionStore, id: SessionId): Promise<boolean> {
  try {
    return (await store.read(id, { newest: 0 })) !== undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === "session_not_found") return true;
    throw error;
  }
}

/** Whole, or not at all: a second import would leave half of it alone. */
async function add(store: SessionStore, found: Extract<Found, { type: "conversation" }>): Promise<void> {
  const { session, messages, summary } = found;
  try {
    await store.create(session);
    for (let index = 0; index < messages.length; index += PORTION)
      await store.write(session.id, {
        at: session.updatedAt,
        messages: messages.slice(index, index + PORTION),
      });
    if (summary) await store.summarize(session.id, summary);
  } catch (error) {
    await store.delete(session.id).catch(() => undefined);
    throw error;
  }
}
