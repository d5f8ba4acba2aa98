/**
 * Writes messages to the SQLite store in a folder until the process is killed. Prints the number of each message that was
 * written, and `refused CODE` for each attempt that failed and is repeated.
 */
import type { SessionId } from "../../../src/chat/types.ts";
import { AppError } from "../../../src/errors.ts";
import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { createSession, createUserMessage, formatTime, NOW } from "../sample.ts";

const store = openSqliteStore({ folder: process.argv[2] ?? "", now: () => NOW });
await store.create(createSession("a"));
for (let count = 1; ; ) {
  const messages = [createUserMessage(`${count}`, "x".repeat(3000))];
  try {
    await store.write("a" as SessionId, { at: formatTime(count), seq: count, messages });
    process.stdout.write(`${count}\n`);
    count += 1;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stdout.write(`refused ${error.code}\n`);
    await Bun.sleep(10);
  }
}
