import { expect, test } from "bun:test";
import type { SessionId } from "../../src/chat/types.ts";
import { createMemoryStore } from "../../src/store/memory.ts";
import type { SessionStore } from "../../src/store/types.ts";
import { createSession, createUserMessage, createWaitingTurn, formatTime, NOW } from "./sample.ts";
import { describeStore } from "./suite.ts";

describeStore("memory", async () =>
  createMemoryStore({ maxSessions: 1000, sessionTimeoutMs: 1000, now: () => NOW }),
);

async function kept(store: SessionStore, ids: readonly string[]): Promise<readonly string[]> {
  const read = await Promise.all(ids.map((id) => store.read(id as SessionId, { newest: 0 })));
  return read.flatMap((stored) => (stored ? [stored.session.id] : []));
}

test("at the cap of the memory store the longest idle session goes first, but not one that waits for a person", async () => {
  const store = createMemoryStore({ maxSessions: 2, sessionTimeoutMs: 1000, now: () => NOW });
  await store.create(createSession("a"));
  await store.create(createSession("b"));
  await store.read("a" as SessionId);
  await store.create(createSession("c"));
  expect(await kept(store, ["a", "b", "c"])).toEqual(["a", "c"]);
  await store.write("a" as SessionId, {
    at: formatTime(1),
    turn: createWaitingTurn(new Date(NOW + 1).toISOString()),
  });
  await store.read("c" as SessionId);
  await store.create(createSession("d"));
  expect(await kept(store, ["a", "c", "d"])).toEqual(["a", "d"]);
  await store.create(createSession("e", { turn: createWaitingTurn(new Date(NOW + 1).toISOString()) }));
  await store.create(createSession("f", { turn: createWaitingTurn(new Date(NOW + 1).toISOString()) }));
  expect(await kept(store, ["a", "d", "e", "f"])).toEqual(["e", "f"]);
});

test("a session that is idle in memory for too long is gone, and nothing can be added to it", async () => {
  let now = NOW;
  const store = createMemoryStore({ maxSessions: 10, sessionTimeoutMs: 1000, now: () => now });
  await store.create(createSession("a"));
  await store.create(createSession("asked", { turn: createWaitingTurn(new Date(NOW + 5000).toISOString()) }));
  now += 1001;
  const { owner } = createSession("a");
  expect((await store.list(owner, { limit: 9 })).map(({ id }) => id as string)).toEqual(["asked"]);
  expect(await store.read("a" as SessionId)).toBeUndefined();
  await expect(
    store.write("a" as SessionId, { at: formatTime(1), messages: [createUserMessage("1")] }),
  ).rejects.toMatchObject({
    code: "session_not_found",
  });
  expect(await kept(store, ["asked"])).toEqual(["asked"]);
  now += 5000;
  expect(await kept(store, ["asked"])).toEqual([]);
});
