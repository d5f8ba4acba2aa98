/** Reads an export into a store. */
import type { SessionId } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import type { SessionStore } from "../../store/types.ts";
import { type ExportEntry, parseExport } from "./parse-export.ts";
import type { NumberedLine } from "./streams.ts";

export interface ImportResult {
  readonly added: number;
  /** Sessions that the store already has. They stay unchanged. */
  readonly existing: number;
  /** One line for each error. */
  readonly errors: readonly string[];
}

/** Number of messages per write. */
const BATCH_SIZE = 200;

/** Reads an export into a store. @throws StartError when the lines are not an export. */
export async function importSessions(
  store: SessionStore,
  lines: AsyncIterable<NumberedLine>,
  onSession: () => void,
  stop: AbortSignal,
): Promise<ImportResult> {
  const errors: string[] = [];
  let added = 0;
  let existing = 0;
  for await (const entry of parseExport(lines)) {
    if (stop.aborted) break;
    if (entry.type === "error") {
      errors.push(entry.text);
      continue;
    }
    onSession();
    if (await sessionExists(store, entry.session.id)) {
      existing += 1;
      continue;
    }
    await addSession(store, entry);
    added += 1;
  }
  return { added, existing, errors };
}

/** Returns true also for a session that cannot be read. */
async function sessionExists(store: SessionStore, id: SessionId): Promise<boolean> {
  try {
    return (await store.read(id, { newest: 0 })) !== undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === "session_not_found") return true;
    throw error;
  }
}

/** Adds a complete session or none: a second import would skip a partial one. */
async function addSession(
  store: SessionStore,
  entry: Extract<ExportEntry, { type: "session" }>,
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
