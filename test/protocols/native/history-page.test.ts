import { expect, test } from "bun:test";
import fc from "fast-check";
import type { MessageId, SessionId } from "../../../src/chat/types.ts";
import { readHistoryPage } from "../../../src/protocols/native/history-page.ts";
import { createMemoryStore } from "../../../src/store/memory.ts";
import {
  createSession,
  createToolCallMessages,
  createUserMessage,
  formatTime,
  NOW,
} from "../../store/sample.ts";

const ID = "a" as SessionId;

/** Stores turns of three messages, and counts the messages that are read. */
async function storeTurns(count: number) {
  const store = createMemoryStore({ maxSessions: 1, sessionTimeoutMs: 1e9, now: () => NOW });
  const messages = Array.from({ length: count }, (_, turn) => [
    createUserMessage(`q${turn}`),
    ...createToolCallMessages(`r${turn}`),
  ]).flat();
  await store.create(createSession("a"));
  await store.write(ID, { at: formatTime(1), messages });
  let read = 0;
  const readPage = (limit: number, before?: number) =>
    readHistoryPage(
      async (range) => {
        const stored = await store.read(ID, range);
        read += stored?.messages.length ?? 0;
        return stored;
      },
      { limit, before },
    );
  return { messages, readPage, countRead: () => read };
}

test("A page of a history of 1,000 turns reads as many messages as one of 20, the first and any older one.", async () => {
  const counts = await Promise.all(
    [20, 1000].map(async (turns) => {
      const { messages, readPage, countRead } = await storeTurns(turns);
      await readPage(6);
      const first = countRead();
      await readPage(6, Math.floor(messages.length / 2 / 3) * 3);
      return [first, countRead() - first];
    }),
  );
  const [[first = 0] = [], [longFirst = 0, longOlder = 0] = []] = counts;
  expect([first, longFirst, longOlder]).toEqual([56, 56, 56]);
});

test("The pages of a history, from its end to its beginning, are the whole history, and each begins with a question.", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 20 }),
      async (turns, limit) => {
        const { messages, readPage } = await storeTurns(turns);
        const found: MessageId[][] = [];
        for (let before: number | undefined; before !== 0; ) {
          const page = (await readPage(limit, before))?.page;
          expect(page?.messages[0]?.role).toBe("user");
          const at = messages.findIndex(({ id }) => id === page?.messages[0]?.id);
          expect([page?.skipped, page?.after]).toEqual([at, messages[at - 3]]);
          found.unshift(page?.messages.map(({ id }) => id) ?? []);
          before = page?.skipped;
        }
        expect(found.flat()).toEqual(messages.map(({ id }) => id));
      },
    ),
    { numRuns: 40 },
  );
});
