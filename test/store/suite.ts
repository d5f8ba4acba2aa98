/** What every store does: one suite, run over each. */
import { describe, expect, test } from "bun:test";
import type { CallerId } from "../../src/access/types.ts";
import type { SessionId, TurnId } from "../../src/chat/types.ts";
import type { Change, SessionStore } from "../../src/store/types.ts";
import { calling, NOW, session, time, usage, user, waiting } from "./sample.ts";

/** An empty store whose clock shows `NOW`. */
export type OpenStore = () => Promise<SessionStore>;

const A = "a" as SessionId;
const OWNER = "browser:1" as CallerId;

export function storeSuite(name: string, open: OpenStore): void {
  /** A store for as long as a test takes. */
  const kept = (sentence: string, body: (store: SessionStore) => Promise<void>) =>
    test(sentence, async () => {
      const store = await open();
      try {
        await body(store);
      } finally {
        await store.close();
      }
    });

  describe(`the ${name} store`, () => {
    kept(
      "gives back a session as it was created and changed, integers of any length included",
      async (store) => {
        const created = session("a", {
          title: "Ä 'title' %",
          model: "m",
          allowed: ["x"],
          seq: 3,
          turn: waiting(time(9)),
          label: '{"name":"my \u00e4"}',
        });
        await store.create(created);
        expect(await store.read(A)).toEqual({ session: created, messages: [], skipped: 0 });
        const messages = [user("1", 'hello\u0000 \u{1F600} \\ "quoted"'), ...calling("2")];
        const change: Required<Change> = {
          at: time(5),
          messages,
          title: "Another",
          model: "other",
          allowed: ["x", "y"],
          seq: 2 ** 40,
          spent: [{ model: "other", usage }],
          turn: null,
        };
        await store.write(A, change);
        const { at, messages: _messages, turn: _turn, ...fields } = change;
        const written = { ...session("a"), ...fields, updatedAt: at, label: created.label };
        expect(await store.read(A)).toEqual({ session: written, messages, skipped: 0 });
        await store.write(A, {
          at: time(6),
          turn: { status: "running", id: "t" as TurnId },
          messages: [user("3")],
        });
        expect(await store.read(A)).toEqual({
          session: { ...written, updatedAt: time(6), turn: { status: "running", id: "t" as TurnId } },
          messages: [...messages, user("3")],
          skipped: 0,
        });
      },
    );

    kept("leaves a session alone that is created twice, and what was read", async (store) => {
      await store.create(session("a", { title: "first" }));
      await store.write(A, { at: time(1), messages: [user("1")] });
      const before = await store.read(A);
      await store.create(session("a", { title: "second" }));
      await store.write(A, { at: time(2), messages: [user("2")] });
      expect(before).toEqual({
        session: session("a", { title: "first", updatedAt: time(1) }),
        messages: [user("1")],
        skipped: 0,
      });
      expect(await store.read(A)).toEqual({
        session: session("a", { title: "first", updatedAt: time(2) }),
        messages: [user("1"), user("2")],
        skipped: 0,
      });
    });

    kept("knows nothing of a session that was never created", async (store) => {
      expect(await store.read(A)).toBeUndefined();
      await expect(store.write(A, { at: time(1), messages: [user("1")] })).rejects.toMatchObject({
        code: "session_not_found",
      });
      await store.summarize(A, { through: 0, text: "", at: time(1) });
      await store.clear(A, time(1));
      await store.delete(A);
      expect(await store.read(A)).toBeUndefined();
      expect(await store.list(OWNER, { limit: 9 })).toEqual([]);
    });

    kept("reads the newest messages with the number of those before them", async (store) => {
      await store.create(session("a"));
      await store.write(A, { at: time(1), messages: [user("1")] });
      await store.write(A, { at: time(1), messages: [user("2"), user("3")] });
      const read = async (newest: number) => {
        const stored = await store.read(A, { newest });
        return [stored?.messages, stored?.skipped];
      };
      expect(await read(0)).toEqual([[], 3]);
      expect(await read(2)).toEqual([[user("2"), user("3")], 1]);
      expect(await read(3)).toEqual([[user("1"), user("2"), user("3")], 0]);
      expect(await read(9)).toEqual([[user("1"), user("2"), user("3")], 0]);
    });

    kept("adds a change's messages once, however often it is repeated", async (store) => {
      await store.create(session("a"));
      const change = { at: time(1), title: "t", messages: [user("1"), ...calling("2")] };
      await store.write(A, change);
      await store.write(A, change);
      await store.write(A, { at: time(2), messages: [user("3")] });
      await store.write(A, { at: time(2), messages: [user("3")] });
      expect(await store.read(A)).toEqual({
        session: session("a", { title: "t", updatedAt: time(2) }),
        messages: [...change.messages, user("3")],
        skipped: 0,
      });
    });

    kept("keeps messages of any length and number in one piece", async (store) => {
      await store.create(session("a"));
      const long = user("long", 'ä\u{1F600}"'.repeat(300_000));
      const many = Array.from({ length: 230 }, (_, index) => user(`many-${index}`, "x".repeat(20_000)));
      await store.write(A, { at: time(1), messages: [user("1"), long] });
      await store.write(A, { at: time(2), messages: many });
      await store.write(A, { at: time(3), messages: [user("last")] });
      expect(await store.read(A)).toEqual({
        session: session("a", { updatedAt: time(3) }),
        messages: [user("1"), long, ...many, user("last")],
        skipped: 0,
      });
      expect((await store.read(A, { newest: 232 }))?.messages.slice(0, 1)).toEqual([long]);
    });

    kept("keeps an open turn of any length", async (store) => {
      const results = Array.from({ length: 8 }, (_, index) => ({
        callId: `${index}`,
        name: "x",
        status: "ok" as const,
        content: "ö".repeat(100_000),
        durationMs: 1,
      }));
      const turn = { ...waiting(time(9)), results };
      await store.create(session("a"));
      await store.write(A, { at: time(1), turn });
      expect((await store.read(A))?.session.turn).toEqual(turn);
      expect(await store.list(OWNER, { limit: 1 })).toEqual([
        { ...session("a", { updatedAt: time(1), turn }), messageCount: 0 },
      ]);
      await store.write(A, { at: time(2), turn: null });
      expect((await store.read(A))?.session).toEqual(session("a", { updatedAt: time(2) }));
    });

    kept("keeps the newest notes until the session is cleared", async (store) => {
      await store.create(session("a", { model: "m", seq: 7, spent: [{ model: "m", usage }] }));
      await store.write(A, { at: time(1), title: "t", messages: [user("1"), user("2")], allowed: ["x"] });
      const summary = { through: 2, text: "one and two", at: time(1) };
      await store.summarize(A, { ...summary, through: 1, text: "one" });
      await store.summarize(A, summary);
      await store.summarize(A, { ...summary, through: 3 });
      expect((await store.read(A, { newest: 0 }))?.summary).toEqual(summary);
      await store.write(A, { at: time(2), turn: waiting(time(9)) });
      await store.clear(A, time(3));
      await store.summarize(A, summary);
      expect(await store.read(A)).toEqual({
        session: session("a", { model: "m", seq: 7, spent: [{ model: "m", usage }], updatedAt: time(3) }),
        messages: [],
        skipped: 0,
      });
      await store.write(A, { at: time(4), messages: [user("2")] });
      expect((await store.read(A))?.messages).toEqual([user("2")]);
    });

    kept("forgets what is deleted", async (store) => {
      await store.create(session("a"));
      await store.create(session("b"));
      await store.write(A, { at: time(1), messages: [user("1")] });
      await store.delete(A);
      expect(await store.read(A)).toBeUndefined();
      expect(await store.list(OWNER, { limit: 9 })).toEqual([{ ...session("b"), messageCount: 0 }]);
      await store.create(session("a"));
      expect(await store.read(A)).toEqual({ session: session("a"), messages: [], skipped: 0 });
    });

    kept("lists an owner's sessions, the newest first, page by page", async (store) => {
      for (const [id, at] of Object.entries({ a: 1, b: 3, c: 2, d: 2, e: 0 }))
        await store.create(session(id, { updatedAt: time(at) }));
      await store.create(session("other", { owner: "browser:2" as CallerId }));
      await store.write("e" as SessionId, { at: time(4), messages: [user("1"), user("2")], title: "E" });
      const page = async (limit: number, before?: { updatedAt: string; id: SessionId }) =>
        (await store.list(OWNER, { limit, before })).map(({ id, messageCount }) => `${id}${messageCount}`);
      expect(await page(9)).toEqual(["e2", "b0", "d0", "c0", "a0"]);
      expect(await page(3)).toEqual(["e2", "b0", "d0"]);
      expect(await page(2, { updatedAt: time(2), id: "d" as SessionId })).toEqual(["c0", "a0"]);
      expect(await page(2, { updatedAt: time(1), id: "a" as SessionId })).toEqual([]);
      expect(await store.list(OWNER, { limit: 1 })).toEqual([
        { ...session("e", { updatedAt: time(4), title: "E" }), messageCount: 2 },
      ]);
      const all: string[] = [];
      for await (const id of store.ids()) all.push(id);
      expect(all.sort()).toEqual(["a", "b", "c", "d", "e", "other"]);
    });

    kept(
      "finds what stands in titles and what was said, whatever its case, for its owner alone",
      async (store) => {
        await store.create(session("a", { title: "Späte Bestellungen", updatedAt: time(1) }));
        await store.create(session("b", { updatedAt: time(2) }));
        await store.create(session("c", { updatedAt: time(3) }));
        await store.create(session("other", { title: "STRASSE", owner: "browser:2" as CallerId }));
        await store.write("b" as SessionId, {
          at: time(2),
          messages: [user("1", "Die Straße in ΟΔΟΣ 100% ÉTÉ")],
        });
        await store.write("c" as SessionId, { at: time(3), messages: calling("2", "Her name is Ayşe_Öz.") });
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
      },
    );

    kept(
      "lets go of sessions that did not change for long, but not while a person is asked",
      async (store) => {
        await store.create(session("old"));
        await store.create(session("asked", { turn: waiting(new Date(NOW + 1000).toISOString()) }));
        await store.create(session("asked in vain", { turn: waiting(new Date(NOW - 1000).toISOString()) }));
        await store.create(session("running", { turn: { status: "running", id: "t" as TurnId } }));
        await store.create(session("new", { updatedAt: time(5) }));
        await store.write("old" as SessionId, { at: time(1), messages: [user("1")] });
        expect(await store.expire(time(5))).toBe(3);
        expect(await store.expire(time(5))).toBe(0);
        expect((await store.list(OWNER, { limit: 9 })).map(({ id }) => id as string)).toEqual([
          "new",
          "asked",
        ]);
        expect(await store.read("old" as SessionId)).toBeUndefined();
      },
    );

    kept(
      "gives one holder at a time the right to run a session, and lets an old one write nothing",
      async (store) => {
        await store.create(session("a"));
        const first = await store.acquire(A, "one", 60_000);
        expect(first).toMatchObject({ session: A, holder: "one" });
        if (!first) return;
        expect(await store.acquire(A, "two", 60_000)).toBeUndefined();
        await store.write(A, { at: time(1), messages: [user("1")] }, first);
        expect(await store.renew(first, 0)).toBe(true);
        await store.write(A, { at: time(2), messages: [user("2")] }, first);
        const second = await store.acquire(A, "two", 60_000);
        if (!second) throw new Error("a lease that ran out is free");
        expect(second.fence).toBeGreaterThan(first.fence);
        const late = store.write(A, { at: time(3), title: "late", messages: [user("late")] }, first);
        await expect(late).rejects.toMatchObject({ code: "lease_lost" });
        await late.catch(() => undefined);
        expect(await store.renew(first, 60_000)).toBe(false);
        await store.release(first);
        await store.write(A, { at: time(4), messages: [user("3")] }, second);
        const again = await store.acquire(A, "two", 60_000);
        expect(again?.fence).toBeGreaterThan(second.fence);
        await expect(store.write(A, { at: time(5) }, second)).rejects.toMatchObject({ code: "lease_lost" });
        if (again) await store.release(again);
        expect(await store.renew(again ?? first, 60_000)).toBe(false);
        await expect(store.write(A, { at: time(5) }, again)).rejects.toMatchObject({ code: "lease_lost" });
        expect(await store.acquire(A, "three", 60_000)).toMatchObject({ holder: "three" });
        expect(await store.read(A)).toEqual({
          session: session("a", { updatedAt: time(4) }),
          messages: [user("1"), user("2"), user("3")],
          skipped: 0,
        });
      },
    );

    kept("gives the right to run a session that is yet to be created", async (store) => {
      const lease = await store.acquire(A, "one", 60_000);
      expect(await store.read(A)).toBeUndefined();
      expect(await store.list(OWNER, { limit: 9 })).toEqual([]);
      await expect(store.write(A, { at: time(1) }, lease)).rejects.toMatchObject({
        code: "session_not_found",
      });
      await store.create(session("a"));
      await store.write(A, { at: time(1), title: "t" }, lease);
      expect(await store.acquire(A, "two", 60_000)).toBeUndefined();
      expect((await store.read(A))?.session).toEqual(session("a", { updatedAt: time(1), title: "t" }));
    });

    kept("takes changes to one session and to many at the same time", async (store) => {
      await store.create(session("a"));
      const texts = Array.from({ length: 20 }, (_, index) => `${index}`);
      await Promise.all(texts.map((text) => store.write(A, { at: time(1), messages: [user(text)] })));
      const stored = await store.read(A);
      expect(stored?.messages.map(({ id }) => id as string).sort()).toEqual(texts.sort());
      await Promise.all(texts.map((id) => store.create(session(id))));
      expect((await store.list(OWNER, { limit: 99 })).length).toBe(21);
    });

    kept("says that it answers", async (store) => {
      expect(await store.check()).toBeUndefined();
    });
  });
}
