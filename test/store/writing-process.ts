/** Writes to the SQLite store in the folder it is given, and says which messages it was told are kept, until it is killed. */
import type { SessionId } from "../../src/chat/types.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import { NOW, session, time, user } from "./sample.ts";

const store = openSqliteStore({ folder: process.argv[2] ?? "", now: () => NOW });
await store.create(session("a"));
for (let count = 1; ; count += 1) {
  await store.write("a" as SessionId, {
    at: time(count),
    seq: count,
    messages: [user(`${count}`, "x".repeat(3000))],
  });
  process.stdout.write(`${count}\n`);
  await Bun.sleep(0);
}
