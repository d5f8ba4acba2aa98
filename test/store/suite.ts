/** The test suite that every session store passes. */
import { describe, expect, test } from "bun:test";
import type { CallerId } from "../../src/access/types.ts";
import type { SessionId, TurnId } from "../../src/chat/types.ts";
import type { MessageRange, SessionChange, SessionStore } from "../../src/store/types.ts";
import {
  createSession,
  createToolCallMessages,
  createUserMessage,
  createWaitingTurn,
  formatTime,
  NOW,
  usage,
} from "./sample.ts";

/** Opens an empty store whose current time is `NOW`. */
export type OpenStore = () => Promise<SessionStore>;

const A = "a" as SessionId;
const OWNER = "browser:1" as CallerId;

export function describeStore(name: string, open: OpenStore): void {
  /** Runs a test with a new store, and closes it. */
  const testStore = (title: string, body: (store: SessionStore) => Promise<void>) =>
    test(title, async () => {
      const store = await open();
      try {
        await body(store);
      } finally {
        await store.close();
      }
    });

  describe(`The ${name} store`, () => {
    testStore(
      "returns a session as it was created and changed, including integers of any length.",
      async (store) => {
        const created = createSession("a", {
          createdBy: { user: "ada \u00e4", organization: "shop" },
          title: "Ä 'title' %",
          model: "m",
          allowed: ["x"],
          seq: 3,
          turn: createWaitingTurn(formatTime(9)),
          label: '{"name":"my \u00e4"}',
        });
        await store.create(created);
        expect(await store.read(A)).toEqual({ session: created, messages: [], skipped: 0 });
        const messages = [
          createUserMessage("1", 'hello\u0000 \u{1F600} \\ "quoted"'),
          ...createToolCallMessages("2"),
        ];
        const change: Required<SessionChange> = {
          at: formatTime(5),
          messages,
          replaceFrom: 0,
          title: "Another",
          model: "other",
          allowed: ["x", "y"],
          seq: 2 ** 40,
          spent: [{ model: "other", usage }],
          feedback: { 1: { rating: "down", note: "no \u00e4", at: formatTime(5) } },
          turn: null,
        };
        await store.write(A, change);
        const { at, messages: _messages, replaceFrom: _from, turn: _turn, ...fields } = change;
        const written = {
          ...createSession("a"),
          ...fields,
          updatedAt: at,
          label: created.label,
          createdBy: created.createdBy,
        };
        expect(await store.read(A)).toEqual({ session: written, messages, skipped: 0 });
        await store.write(A, {
          at: formatTime(6),
          turn: { status: "running", id: "t" as TurnId },
          messages: [createUserMessage("3")],
        });
        expect(await store.read(A)).toEqual({
          session: { ...written, updatedAt: formatTime(6), turn: { status: "running", id: "t" as TurnId } },
          messages: [...messages, createUserMessage("3")],
          skipped: 0,
        });
      },
    );

    testStore(
      "ignores a second creation of a session, and does not change results of earlier reads.",
      async (store) => {
        await store.create(createSession("a", { title: "first" }));
        await store.write(A, { at: formatTime(1), messages: [createUserMessage("1")] });
        const before = await store.read(A);
        await store.create(createSession("a", { title: "second" }));
        await store.write(A, { at: formatTime(2), messages: [createUserMessage("2")] });
        expect(before).toEqual({
          session: createSession("a", { title: "first", updatedAt: formatTime(1) }),
          messages: [createUserMessage("1")],
          skipped: 0,
        });
        expect(await store.read(A)).toEqual({
          session: createSession("a", { title: "first", updatedAt: formatTime(2) }),
          messages: [createUserMessage("1"), createUserMessage("2")],
          skipped: 0,
        });
      },
    );

    testStore("drops the ratings of a session that is cleared.", async (store) => {
      await store.create(createSession("a"));
      const feedback = { 1: { rating: "up" as const, at: formatTime(1) } };
      await store.write(A, { at: formatTime(1), feedback });
      expect((await store.read(A))?.session.feedback).toEqual(feedback);
      await store.clear(A, formatTime(2));
      expect((await store.read(A))?.session.feedback).toBeUndefined();
    });

    testStore("does not find a session that was never created.", async (store) => {
      expect(await store.read(A)).toBeUndefined();
      await expect(
        store.write(A, { at: formatTime(1), messages: [createUserMessage("1")] }),
      ).rejects.toMatchObject({
        code: "session_not_found",
      });
      await store.summarize(A, { through: 0, text: "", at: formatTime(1) });
      await store.clear(A, formatTime(1));
      await store.delete(A);
      expect(await store.read(A)).toBeUndefined();
      expect(await store.list(OWNER, { limit: 9 })).toEqual([]);
    });

    testStore("replaces the end of a history in one write, as often as that is repeated.", async (store) => {
      const replacement = [createUserMessage("5"), ...createToolCallMessages("6")];
      const readIds = async (options?: { newest: number }) =>
        (await store.read(A, options))?.messages.map(({ id }) => String(id));
      await store.create(createSession("a", { title: "kept", allowed: ["x"] }));
      await store.write(A, { at: formatTime(1), messages: [createUserMessage("1"), createUserMessage("2")] });
      await store.write(A, { at: formatTime(2), messages: [createUserMessage("3"), createUserMessage("4")] });
      const change = { at: formatTime(3), messages: replacement, replaceFrom: 1 };
      for (const _ of [1, 2]) await store.write(A, change);
      const stored = await store.read(A);
      expect(stored).toEqual({
        session: createSession("a", { title: "kept", allowed: ["x"], updatedAt: formatTime(3) }),
        messages: [createUserMessage("1"), ...replacement],
        skipped: 0,
      });
      expect((await store.read(A, { newest: 1 }))?.skipped).toBe(replacement.length);
      await store.write(A, { at: formatTime(4), messages: [createUserMessage("7")] });
      await store.write(A, { at: formatTime(5), messages: [createUserMessage("8")], replaceFrom: 2 });
      expect(await readIds()).toEqual(["1", "5", "8"]);
      await store.write(A, { at: formatTime(6), messages: [createUserMessage("9")], replaceFrom: 0 });
      await store.write(A, { at: formatTime(7), messages: [createUserMessage("10")] });
      expect([await readIds(), await readIds({ newest: 1 })]).toEqual([["9", "10"], ["10"]]);
    });

    testStore("drops a summary of replaced messages, and keeps one of earlier messages.", async (store) => {
      await store.create(createSession("a"));
      const write = (name: string, replaceFrom?: number) =>
        store.write(A, {
          at: formatTime(1),
          messages: [createUserMessage(name)],
          ...(replaceFrom !== undefined && { replaceFrom }),
        });
      for (const name of ["1", "2", "3"]) await write(name);
      await store.summarize(A, { through: 2, text: "two", at: formatTime(1) });
      await write("4", 2);
      expect((await store.read(A))?.summary?.text).toBe("two");
      await write("5", 1);
      expect((await store.read(A))?.summary).toBeUndefined();
    });

    testStore("replaces nothing under a lost lease.", async (store) => {
      await store.create(createSession("a"));
      await store.write(A, { at: formatTime(1), messages: [createUserMessage("1")] });
      const lease = await store.acquire(A, "holder", 1000);
      if (!lease) throw new Error("no lease");
      await store.release(lease);
      const change = { at: formatTime(2), messages: [createUserMessage("2")], replaceFrom: 0 };
      await expect(store.write(A, change, lease)).rejects.toMatchObject({ code: "lease_lost" });
      expect((await store.read(A))?.messages).toEqual([createUserMessage("1")]);
    });

    testStore("reads the newest messages with the number of older ones.", async (store) => {
      await store.create(createSession("a"));
      await store.write(A, { at: formatTime(1), messages: [createUserMessage("1")] });
      await store.write(A, { at: formatTime(1), messages: [createUserMessage("2"), createUserMessage("3")] });
      const read = async (newest: number) => {
        const stored = await store.read(A, { newest });
        return [stored?.messages, stored?.skipped];
      };
      expect(await read(0)).toEqual([[], 3]);
      expect(await read(2)).toEqual([[createUserMessage("2"), createUserMessage("3")], 1]);
      expect(await read(3)).toEqual([
        [createUserMessage("1"), createUserMessage("2"), createUserMessage("3")],
        0,
      ]);
      expect(await read(9)).toEqual([
        [createUserMessage("1"), createUserMessage("2"), createUserMessage("3")],
        0,
      ]);
    });

    testStore("reads the messages before a position, with the number of older ones.", async (store) => {
      const messages = Array.from({ length: 6 }, (_, index) => createUserMessage(`${index}`));
      await store.create(createSession("a"));
      await store.write(A, { at: formatTime(1), messages: messages.slice(0, 4) });
      await store.write(A, { at: formatTime(2), messages: messages.slice(4) });
      const read = async (range: MessageRange) => {
        const stored = await store.read(A, range);
        return [stored?.messages.map(({ id }) => Number(id)), stored?.skipped];
      };
      expect(await read({ before: 3, newest: 2 })).toEqual([[1, 2], 1]);
      expect(await read({ before: 5, newest: 2 })).toEqual([[3, 4], 3]);
      expect(await read({ before: 2, newest: 9 })).toEqual([[0, 1], 0]);
      expect(await read({ before: 2 })).toEqual([[0, 1], 0]);
      expect(await read({ before: 4, newest: 0 })).toEqual([[], 4]);
      expect(await read({ before: 0, newest: 2 })).toEqual([[], 0]);
      expect(await read({ before: 9, newest: 1 })).toEqual([[5], 5]);
    });

    testStore("appends the messages of a repeated change once.", async (store) => {
      await store.create(createSession("a"));
      const change = {
        at: formatTime(1),
        title: "t",
        messages: [createUserMessage("1"), ...createToolCallMessages("2")],
      };
      await store.write(A, change);
      await store.write(A, change);
      await store.write(A, { at: formatTime(2), messages: [createUserMessage("3")] });
      await store.write(A, { at: formatTime(2), messages: [createUserMessage("3")] });
      expect(await store.read(A)).toEqual({
        session: createSession("a", { title: "t", updatedAt: formatTime(2) }),
        messages: [...change.messages, createUserMessage("3")],
        skipped: 0,
      });
    });

    testStore("stores messages of any length and number completely.", async (store) => {
      await store.create(createSession("a"));
      const long = createUserMessage("long", 'ä\u{1F600}"'.repeat(300_000));
      const many = Array.from({ length: 230 }, (_, index) =>
        createUserMessage(`many-${index}`, "x".repeat(20_000)),
      );
      await store.write(A, { at: formatTime(1), messages: [createUserMessage("1"), long] });
      await store.write(A, { at: formatTime(2), messages: many });
      await store.write(A, { at: formatTime(3), messages: [createUserMessage("last")] });
      expect(await store.read(A)).toEqual({
        session: createSession("a", { updatedAt: formatTime(3) }),
        messages: [createUserMessage("1"), long, ...many, createUserMessage("last")],
        skipped: 0,
      });
      expect((await store.read(A, { newest: 232 }))?.messages.slice(0, 1)).toEqual([long]);
    });

    testStore("stores an open turn of any length.", async (store) => {
      const results = Array.from({ length: 8 }, (_, index) => ({
        callId: `${index}`,
        name: "x",
        status: "ok" as const,
        content: "ö".repeat(100_000),
        durationMs: 1,
      }));
      const turn = { ...createWaitingTurn(formatTime(9)), results };
      await store.create(createSession("a"));
      await store.write(A, { at: formatTime(1), turn });
      expect((await store.read(A))?.session.turn).toEqual(turn);
      expect(await store.list(OWNER, { limit: 1 })).toEqual([
        { ...createSession("a", { updatedAt: formatTime(1), turn }), messageCount: 0 },
      ]);
      await store.write(A, { at: formatTime(2), turn: null });
      expect((await store.read(A))?.session).toEqual(createSession("a", { updatedAt: formatTime(2) }));
    });

    testStore("stores the newest summary until the session is cleared.", async (store) => {
      await store.create(createSession("a", { model: "m", seq: 7, spent: [{ model: "m", usage }] }));
      await store.write(A, {
        at: formatTime(1),
        title: "t",
        messages: [createUserMessage("1"), createUserMessage("2")],
        allowed: ["x"],
      });
      const summary = { through: 2, text: "one and two", at: formatTime(1) };
      await store.summarize(A, { ...summary, through: 1, text: "one" });
      await store.summarize(A, summary);
      await store.summarize(A, { ...summary, through: 3 });
      expect((await store.read(A, { newest: 0 }))?.summary).toEqual(summary);
      await store.write(A, { at: formatTime(2), turn: createWaitingTurn(formatTime(9)) });
      await store.clear(A, formatTime(3));
      await store.summarize(A, summary);
      expect(await store.read(A)).toEqual({
        session: createSession("a", {
          model: "m",
          seq: 7,
          spent: [{ model: "m", usage }],
          updatedAt: formatTime(3),
        }),
        messages: [],
        skipped: 0,
      });
      await store.write(A, { at: formatTime(4), messages: [createUserMessage("2")] });
      expect((await store.read(A))?.messages).toEqual([createUserMessage("2")]);
    });

    testStore("does not find a deleted session.", async (store) => {
      await store.create(createSession("a"));
      await store.create(createSession("b"));
      await store.write(A, { at: formatTime(1), messages: [createUserMessage("1")] });
      await store.delete(A);
      expect(await store.read(A)).toBeUndefined();
      expect(await store.list(OWNER, { limit: 9 })).toEqual([{ ...createSession("b"), messageCount: 0 }]);
      await store.create(createSession("a"));
      expect(await store.read(A)).toEqual({ session: createSession("a"), messages: [], skipped: 0 });
    });

    testStore("lists the sessions of an owner page by page, newest first.", async (store) => {
      for (const [id, at] of Object.entries({ a: 1, b: 3, c: 2, d: 2, e: 0 }))
        await store.create(createSession(id, { updatedAt: formatTime(at) }));
      await store.create(createSession("other", { owner: "browser:2" as CallerId }));
      await store.write("e" as SessionId, {
        at: formatTime(4),
        messages: [createUserMessage("1"), createUserMessage("2")],
        title: "E",
      });
      const page = async (limit: number, before?: { updatedAt: string; id: SessionId }) =>
        (await store.list(OWNER, { limit, before })).map(({ id, messageCount }) => `${id}${messageCount}`);
      expect(await page(9)).toEqual(["e2", "b0", "d0", "c0", "a0"]);
      expect(await page(3)).toEqual(["e2", "b0", "d0"]);
      expect(await page(2, { updatedAt: formatTime(2), id: "d" as SessionId })).toEqual(["c0", "a0"]);
      expect(await page(2, { updatedAt: formatTime(1), id: "a" as SessionId })).toEqual([]);
      expect(await store.list(OWNER, { limit: 1 })).toEqual([
        { ...createSession("e", { updatedAt: formatTime(4), title: "E" }), messageCount: 2 },
      ]);
      const all: string[] = [];
      for await (const id of store.ids()) all.push(id);
      expect(all.sort()).toEqual(["a", "b", "c", "d", "e", "other"]);
    });

    testStore("searches titles, user messages and replies of an owner, ignoring case.", async (store) => {
      await store.create(createSession("a", { title: "Späte Bestellungen", updatedAt: formatTime(1) }));
      await store.create(createSession("b", { updatedAt: formatTime(2) }));
      await store.create(createSession("c", { updatedAt: formatTime(3) }));
      await store.create(createSession("other", { title: "STRASSE", owner: "browser:2" as CallerId }));
      await store.write("b" as SessionId, {
        at: formatTime(2),
        messages: [createUserMessage("1", "Die Straße in ΟΔΟΣ 100% ÉTÉ")],
      });
      await store.write("c" as SessionId, {
        at: formatTime(3),
        messages: createToolCallMessages("2", "Her name is Ayşe_Öz."),
      });
      const find = async (search: string) =>
        (await store.list(OWNER, { limit: 9, search })).map(({ id }) => id as string);
      expect(await find("SPÄTE")).toEqual(["a"]);
      expect(await find("strasse")).toEqual(["b"]);
      expect(await find("οδος")).toEqual(["b"]);
      expect(await find("e\u0301te\u0301")).toEqual(["b"]);
      expect(await find("100%")).toEqual(["b"]);
      expect(await find("1_0")).toEqual([]);
      expect(await find("ayşe_öz")).toEqual(["c"]);
      expect(await find("a result")).toEqual([]);
      expect(await find("getThing")).toEqual([]);
      expect(await find("i")).toEqual(["c", "b"]);
      expect(await find("")).toEqual(["c", "b", "a"]);
      expect((await store.list(OWNER, { limit: 1, search: "i" })).map(({ id }) => id as string)).toEqual([
        "c",
      ]);
    });

    testStore(
      "expires sessions that have not changed for long, but not while an approval is pending.",
      async (store) => {
        await store.create(createSession("old"));
        await store.create(
          createSession("waiting", { turn: createWaitingTurn(new Date(NOW + 1000).toISOString()) }),
        );
        await store.create(
          createSession("approval expired", { turn: createWaitingTurn(new Date(NOW - 1000).toISOString()) }),
        );
        await store.create(createSession("running", { turn: { status: "running", id: "t" as TurnId } }));
        await store.create(createSession("new", { updatedAt: formatTime(5) }));
        await store.write("old" as SessionId, { at: formatTime(1), messages: [createUserMessage("1")] });
        expect(await store.expire(formatTime(5))).toBe(3);
        expect(await store.expire(formatTime(5))).toBe(0);
        expect((await store.list(OWNER, { limit: 9 })).map(({ id }) => id as string)).toEqual([
          "new",
          "waiting",
        ]);
        expect(await store.read("old" as SessionId)).toBeUndefined();
      },
    );

    testStore(
      "grants the lease to one holder at a time, and rejects writes of a previous holder.",
      async (store) => {
        await store.create(createSession("a"));
        const first = await store.acquire(A, "one", 60_000);
        expect(first).toMatchObject({ session: A, holder: "one" });
        if (!first) return;
        expect(await store.acquire(A, "two", 60_000)).toBeUndefined();
        await store.write(A, { at: formatTime(1), messages: [createUserMessage("1")] }, first);
        expect(await store.renew(first, 0)).toBe(true);
        await store.write(A, { at: formatTime(2), messages: [createUserMessage("2")] }, first);
        const second = await store.acquire(A, "two", 60_000);
        if (!second) throw new Error("An expired lease is available.");
        expect(second.fence).toBeGreaterThan(first.fence);
        const late = store.write(
          A,
          { at: formatTime(3), title: "late", messages: [createUserMessage("late")] },
          first,
        );
        await expect(late).rejects.toMatchObject({ code: "lease_lost" });
        await late.catch(() => undefined);
        expect(await store.renew(first, 60_000)).toBe(false);
        await store.release(first);
        await store.write(A, { at: formatTime(4), messages: [createUserMessage("3")] }, second);
        const again = await store.acquire(A, "two", 60_000);
        expect(again?.fence).toBeGreaterThan(second.fence);
        await expect(store.write(A, { at: formatTime(5) }, second)).rejects.toMatchObject({
          code: "lease_lost",
        });
        if (again) await store.release(again);
        expect(await store.renew(again ?? first, 60_000)).toBe(false);
        await expect(store.write(A, { at: formatTime(5) }, again)).rejects.toMatchObject({
          code: "lease_lost",
        });
        expect(await store.acquire(A, "three", 60_000)).toMatchObject({ holder: "three" });
        expect(await store.read(A)).toEqual({
          session: createSession("a", { updatedAt: formatTime(4) }),
          messages: [createUserMessage("1"), createUserMessage("2"), createUserMessage("3")],
          skipped: 0,
        });
      },
    );

    testStore("grants the lease of a session that does not exist yet.", async (store) => {
      const lease = await store.acquire(A, "one", 60_000);
      expect(await store.read(A)).toBeUndefined();
      expect(await store.list(OWNER, { limit: 9 })).toEqual([]);
      await expect(store.write(A, { at: formatTime(1) }, lease)).rejects.toMatchObject({
        code: "session_not_found",
      });
      await store.create(createSession("a"));
      await store.write(A, { at: formatTime(1), title: "t" }, lease);
      expect(await store.acquire(A, "two", 60_000)).toBeUndefined();
      expect((await store.read(A))?.session).toEqual(
        createSession("a", { updatedAt: formatTime(1), title: "t" }),
      );
    });

    testStore("accepts concurrent changes to one session and to many.", async (store) => {
      await store.create(createSession("a"));
      const texts = Array.from({ length: 20 }, (_, index) => `${index}`);
      await Promise.all(
        texts.map((text) => store.write(A, { at: formatTime(1), messages: [createUserMessage(text)] })),
      );
      const stored = await store.read(A);
      expect(stored?.messages.map(({ id }) => id as string).sort()).toEqual(texts.sort());
      await Promise.all(texts.map((id) => store.create(createSession(id))));
      expect((await store.list(OWNER, { limit: 99 })).length).toBe(21);
    });

    testStore("passes its check.", async (store) => {
      expect(await store.check()).toBeUndefined();
    });
  });
}
