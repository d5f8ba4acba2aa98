/** Writes all sessions of a store as an export. */
import { AppError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import type { SessionStore } from "../../store/types.ts";
import { HEADER } from "./format.ts";
import type { Output } from "./streams.ts";

/** Writes every session, one after the other. Returns one line for each session that cannot be read. */
export async function exportSessions(
  store: SessionStore,
  output: Output,
  onSession: () => void,
  stop: AbortSignal,
): Promise<readonly string[]> {
  const unreadable: string[] = [];
  let isRead = await output.write(`${stringifyJson(HEADER)}\n`);
  for await (const id of store.ids()) {
    if (stop.aborted || !isRead) break;
    try {
      const stored = await store.read(id);
      // The session was deleted in the meantime.
      if (!stored) continue;
      const { session, messages, summary } = stored;
      const lines = [
        { session, messageCount: messages.length, summary },
        ...messages.map((message) => ({ message })),
      ];
      isRead = await output.write(lines.map((line) => `${stringifyJson(line)}\n`).join(""));
      onSession();
    } catch (error) {
      if (!(error instanceof AppError && error.code === "session_not_found")) throw error;
      unreadable.push(error.detail ?? error.message);
    }
  }
  return unreadable;
}
