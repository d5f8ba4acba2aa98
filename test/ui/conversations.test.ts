import { describe, expect, test } from "bun:test";
import { createConversationList, currentSessionState, type SessionsPort } from "../../ui/conversations.ts";
import {
  type ConversationsAction,
  type ConversationsState,
  groupByDay,
  INITIAL_CONVERSATIONS,
  reduceConversations,
} from "../../ui/state/conversations.ts";
import { INITIAL_STATE } from "../../ui/state/types.ts";
import { createSessionFrame } from "../browser/scripted.ts";
import { applyAll, createAiResponse, createEstablishedFrame } from "./frames.ts";

/** Conversation number `n`, the higher the older. */
const number = (n: number, title = `Talk ${n}`) =>
  createSessionFrame(`s${n}`, title, {
    updated_at: new Date(Date.UTC(2026, 0, 20) - n * 60_000).toISOString(),
  });

function done(state: ConversationsState, ...actions: readonly ConversationsAction[]): ConversationsState {
  return actions.reduce(reduceConversations, state);
}

const page = (numbers: readonly number[], next: string | null, search = "", before: string | null = null) =>
  ({ type: "listed", search, before, list: { sessions: numbers.map((n) => number(n)), next } }) as const;

const ids = ({ sessions }: ConversationsState) => sessions.map(({ session_id }) => session_id);

describe("the list of conversations", () => {
  const two = done(INITIAL_CONVERSATIONS, page([1, 2], "c2"), page([3, 4], "c4", "", "c2"));

  test("grows by older ones, none of them twice", () => {
    expect([ids(two), two.next, two.status]).toEqual([["s1", "s2", "s3", "s4"], "c4", "ready"]);
    const overlapping = done(two, page([4, 5], null, "", "c4"));
    expect([ids(overlapping), overlapping.next]).toEqual([["s1", "s2", "s3", "s4", "s5"], null]);
    expect(done(two, page([9], null, "", "c2"))).toEqual(two);
  });

  test("is renewed from its top: older ones that were loaded stay, those that are gone go", () => {
    const renewed = done(two, page([0, 2], "c2"));
    expect([ids(renewed), renewed.next]).toEqual([["s0", "s2", "s3", "s4"], "c4"]);
    const short = done(two, page([1], null));
    expect([ids(short), short.next]).toEqual([["s1"], null]);
  });

  test("shows what was looked for last, however the answers come", () => {
    const searching = done(two, { type: "searched", search: "a" });
    expect(ids(searching)).toEqual(ids(two));
    const late = done(searching, { type: "searched", search: "ab" }, page([2], null, "a"));
    expect(ids(late)).toEqual(ids(two));
    const found = done(late, page([3], "c3", "ab"));
    expect([ids(found), found.appliedSearch, found.next]).toEqual([["s3"], "ab", "c3"]);
  });

  test("is not there where the server has none; one that cannot be had keeps what there was", () => {
    expect(done(two, { type: "absent" })).toEqual({ ...INITIAL_CONVERSATIONS, status: "absent" });
    const failed = done(two, { type: "not_listed" });
    expect([failed.status, ids(failed)]).toEqual(["failed", ids(two)]);
    expect(done(failed, page([1], null)).status).toBe("ready");
  });

  test("knows a new name and what was deleted at once, and why something was not done", () => {
    const troubled = done(two, { type: "problem", problem: "No." });
    const changed = done(
      troubled,
      { type: "renamed", id: "s2", title: "New" },
      { type: "deleted", id: "s1" },
    );
    expect(changed.sessions.map(({ title }) => title)).toEqual(["New", "Talk 3", "Talk 4"]);
    expect([troubled.problem, changed.problem]).toEqual(["No.", undefined]);
  });

  test("is parted by the reader's days", () => {
    const now = new Date(2026, 2, 1, 12);
    const at = (...date: [number, number, number, number, number]) =>
      createSessionFrame(date.join("-"), "", { updated_at: new Date(...date).toISOString() });
    const sessions = [
      at(2026, 2, 1, 12, 0),
      at(2026, 2, 1, 0, 0),
      at(2026, 1, 28, 23, 59),
      at(2026, 1, 27, 23, 59),
      at(2025, 2, 1, 12, 0),
    ];
    expect(groupByDay(sessions, now).map(({ name, sessions }) => [name, sessions.length])).toEqual([
      ["Today", 2],
      ["Yesterday", 1],
      ["Earlier", 2],
    ]);
    expect(groupByDay(sessions.slice(3), now).map(({ name }) => name)).toEqual(["Earlier"]);
  });
});

describe("createConversationList()", () => {
  /** A server whose answers a test gives when it likes. */
  function held() {
    const asked: {
      search: string;
      before: string | null;
      answer: (numbers: readonly number[] | undefined) => void;
    }[] = [];
    const broken = new Error("no");
    const port: SessionsPort = {
      list: (query) =>
        new Promise((resolve) => {
          asked.push({
            ...query,
            answer: (numbers) => resolve(numbers && { sessions: numbers.map((n) => number(n)), next: null }),
          });
        }),
      rename: (id) => (id === "bad" ? Promise.reject(broken) : Promise.resolve()),
      delete: (id) => (id === "bad" ? Promise.reject(broken) : Promise.resolve()),
    };
    return { asked, port };
  }
  const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

  test("asks one at a time: whatever happens meanwhile asks for one more", async () => {
    const { asked, port } = held();
    const list = createConversationList(port);
    for (let times = 0; times < 4; times += 1) list.refresh();
    expect(asked.length).toBe(1);
    asked[0]?.answer([1]);
    await settled();
    expect(asked.length).toBe(2);
    asked[1]?.answer([1, 2]);
    await settled();
    expect([asked.length, ids(list.state())]).toEqual([2, ["s1", "s2"]]);
  });

  test("asks no more where there is no list", async () => {
    const { asked, port } = held();
    const list = createConversationList(port);
    list.refresh();
    asked[0]?.answer(undefined);
    await settled();
    list.refresh();
    expect([asked.length, list.state().status]).toEqual([1, "absent"]);
  });

  test("looks for the last of what was typed", async () => {
    const { asked, port } = held();
    const list = createConversationList(port, 1);
    for (const text of ["r", "re", "red"]) list.search(text);
    expect(asked.length).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked.map(({ search }) => search)).toEqual(["red"]);
  });

  test("says whether a change was made", async () => {
    const list = createConversationList(held().port);
    expect(await Promise.all([list.rename("s1", "x"), list.delete("s1"), list.rename("bad", "x")])).toEqual([
      true,
      true,
      false,
    ]);
    expect(list.state().problem).toBe("The name could not be saved.");
    list.dismissProblem();
    expect(await list.delete("bad")).toBe(false);
    expect(list.state().problem).toBe("The conversation could not be deleted.");
  });
});

test("what goes on in the conversation that is shown is known without a list", () => {
  const asked = applyAll(
    INITIAL_STATE,
    createEstablishedFrame(),
    { type: "asked", text: "one" },
    { type: "sent" },
  );
  const turn = { turn_id: "turn-1" };
  const running = applyAll(asked, { type: "typing", message: "…", seq: 1, ...turn });
  const waiting = applyAll(running, {
    type: "approval_request",
    approval_id: "p",
    tool_calls: [{ tool_call_id: "a", name: "tool", arguments: {} }],
    expires_at: "2099-01-01T00:00:00.000Z",
    seq: 2,
    ...turn,
  });
  const decided = applyAll(waiting, { type: "decided", approvalId: "p", calls: ["a"], approved: true });
  const ended = applyAll(decided, { ...createAiResponse(""), seq: 3, ...turn });
  expect([asked, running, waiting, decided, ended].map(currentSessionState)).toEqual([
    "idle",
    "running",
    "waiting",
    "running",
    "idle",
  ]);
});
