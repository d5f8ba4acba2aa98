/**
 * Writes messages to the SQLite store in a folder until the process is killed. Prints the number of each message that was
 * written, and `refused CODE` for each attempt that failed and is repeated.
 */
import type { SessionId } from "../../../src/chat/types.ts";
import { AppError } from "../../../src/errors.ts";
import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { createSession, createUserMessage, formatTime, NOW } from "../sample.ts";

/** Resolves when the line is in the pipe: an acknowledged write must not wait in a buffer that the kill loses. */
async function print(line: string): Promise<void> {
  await Bun.write(Bun.stdout, `${line}\n`);
}

const store = openSqliteStore({ folder: process.argv[2] ?? "", now: () => NOW });
await store.create(createSession("a"));
for (let count = 1; ; ) {
  const messages = [createUserMessage(`${count}`, "x".repeat(3000))];
  try {
    await store.write("a" as SessionId, { at: formatTime(count), seq: count, messages });
    await print(`${count}`);
    count += 1;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await print(`refused ${error.code}`);
    await Bun.sleep(10);
  }
}
