import { expect, test } from "bun:test";
import type { CallerId } from "../../src/access/types.ts";
import type { Message, MessageId, SessionId } from "../../src/chat/types.ts";
import { createMemoryStore } from "../../src/store/memory.ts";

const session = (id: string) => ({
  id: id as SessionId,
  owner: "browser:1" as CallerId,
  createdAt: "2026-01-01T00:00:00.000Z",
});
const message = (text: string): Message => ({
  role: "user",
  id: text as MessageId,
  at: "2026-01-01T00:00:00.000Z",
  text,
});

test("what was appended is read back in order, and clear() keeps the session", async () => {
  const store = createMemoryStore({ maxSessions: 10, sessionTimeoutMs: 1000, now: () => 0 });
  await store.create(session("a"));
  await store.append("a" as SessionId, [message("1"), message("2")]);
  const before = await store.read("a" as SessionId);
  await store.append("a" as SessionId, [message("3")]);
  expect(before).toEqual({ session: session("a"), messages: [message("1"), message("2")], skipped: 0 });
  await store.clear("a" as SessionId);
  expect(await store.read("a" as SessionId)).toEqual({ session: session("a"), messages: [], skipped: 0 });
});

test("the newest messages are read with the number of those before them, and notes until the session is cleared", async () => {
  const store = createMemoryStore({ maxSessions: 10, sessionTimeoutMs: 1000, now: () => 0 });
  const id = "a" as SessionId;
  await store.create(session("a"));
  await store.append(id, [message("1"), message("2"), message("3")]);
  const summary = { through: 2, text: "one and two", at: "2026-01-01T00:00:00.000Z" };
  await store.summarize(id, summary);
  expect(await store.read(id, { newest: 2 })).toEqual({
    session: session("a"),
    messages: [message("2"), message("3")],
    skipped: 1,
    summary,
  });
  expect(await store.read(id, { newest: 0 })).toMatchObject({ messages: [], skipped: 3 });
  expect(await store.read(id, { newest: 9 })).toMatchObject({ skipped: 0 });
  await store.clear(id);
  await store.summarize(id, summary);
  expect(await store.read(id)).toEqual({ session: session("a"), messages: [], skipped: 0 });
});

test("at the cap the longest idle session goes first", async () => {
  const store = createMemoryStore({ maxSessions: 2, sessionTimeoutMs: 1000, now: () => 0 });
  await store.create(session("a"));
  await store.create(session("b"));
  await store.read("a" as SessionId);
  await store.create(session("c"));
  const kept = await Promise.all(
    ["a", "b", "c"].map(async (id) => (await store.read(id as SessionId))?.session.id),
  );
  expect(kept).toEqual(["a" as SessionId, undefined, "c" as SessionId]);
});

test("a session idle for too long is gone, and nothing can be appended to it", async () => {
  let now = 0;
  const store = createMemoryStore({ maxSessions: 10, sessionTimeoutMs: 1000, now: () => now });
  await store.create(session("a"));
  now = 1001;
  expect(await store.read("a" as SessionId)).toBeUndefined();
  expect(store.append("a" as SessionId, [message("1")])).rejects.toMatchObject({ code: "session_not_found" });
});
