import { expect, test } from "bun:test";
import type { SessionId } from "../../src/chat/types.ts";
import { createMemoryStore } from "../../src/store/memory.ts";
import type { SessionStore } from "../../src/store/types.ts";
import { createSession, createUserMessage, createWaitingTurn, formatTime, NOW } from "./sample.ts";
import { describeStore } from "./suite.ts";

describeStore("memory", async () =>
  createMemoryStore({ maxSessions: 1000, sessionTimeoutMs: 1000, now: () => NOW }),
);

async function findExisting(store: SessionStore, ids: readonly string[]): Promise<readonly string[]> {
  const read = await Promise.all(ids.map((id) => store.read(id as SessionId, { newest: 0 })));
  return read.flatMap((stored) => (stored ? [stored.session.id] : []));
}

test("The memory store evicts the longest idle session at its limit, but not one with a pending approval.", async () => {
  const store = createMemoryStore({ maxSessions: 2, sessionTimeoutMs: 1000, now: () => NOW });
  await store.create(createSession("a"));
  await store.create(createSession("b"));
  await store.read("a" as SessionId);
  await store.create(createSession("c"));
  expect(await findExisting(store, ["a", "b", "c"])).toEqual(["a", "c"]);
  await store.write("a" as SessionId, {
    at: formatTime(1),
    turn: createWaitingTurn(new Date(NOW + 1).toISOString()),
  });
  await store.read("c" as SessionId);
  await store.create(createSession("d"));
  expect(await findExisting(store, ["a", "c", "d"])).toEqual(["a", "d"]);
  await store.create(createSession("e", { turn: createWaitingTurn(new Date(NOW + 1).toISOString()) }));
  await store.create(createSession("f", { turn: createWaitingTurn(new Date(NOW + 1).toISOString()) }));
  expect(await findExisting(store, ["a", "d", "e", "f"])).toEqual(["e", "f"]);
});

test("The memory store expires a session that is idle for too long, and rejects writes to it.", async () => {
  let now = NOW;
  const store = createMemoryStore({ maxSessions: 10, sessionTimeoutMs: 1000, now: () => now });
  await store.create(createSession("a"));
  await store.create(
    createSession("waiting", { turn: createWaitingTurn(new Date(NOW + 5000).toISOString()) }),
  );
  now += 1001;
  const { owner } = createSession("a");
  expect((await store.list(owner, { limit: 9 })).map(({ id }) => id as string)).toEqual(["waiting"]);
  expect(await store.read("a" as SessionId)).toBeUndefined();
  await expect(
    store.write("a" as SessionId, { at: formatTime(1), messages: [createUserMessage("1")] }),
  ).rejects.toMatchObject({
    code: "session_not_found",
  });
  expect(await findExisting(store, ["waiting"])).toEqual(["waiting"]);
  now += 5000;
  expect(await findExisting(store, ["waiting"])).toEqual([]);
});

test("The memory store keeps a session of an open connection, and evicts it last at its limit.", async () => {
  let now = NOW;
  const store = createMemoryStore({ maxSessions: 2, sessionTimeoutMs: 1000, now: () => now });
  await store.create(createSession("open"));
  await store.create(createSession("closed"));
  const [release, releaseSecond] = [store.retain?.("open" as SessionId), store.retain?.("open" as SessionId)];
  now += 5000;
  release?.();
  release?.();
  expect(await findExisting(store, ["open", "closed"])).toEqual(["open"]);
  now += 5000;
  await store.create(createSession("a"));
  await store.create(createSession("b"));
  expect(await findExisting(store, ["open", "a", "b"])).toEqual(["open", "b"]);
  releaseSecond?.();
  now += 1001;
  expect(await findExisting(store, ["open"])).toEqual([]);
});
