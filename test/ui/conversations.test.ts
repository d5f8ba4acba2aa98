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

/** Creates conversation number `n`. Higher numbers are older. */
const createSession = (n: number, title = `Talk ${n}`) =>
  createSessionFrame(`s${n}`, title, {
    updated_at: new Date(Date.UTC(2026, 0, 20) - n * 60_000).toISOString(),
  });

function applyActions(
  state: ConversationsState,
  ...actions: readonly ConversationsAction[]
): ConversationsState {
  return actions.reduce(reduceConversations, state);
}

const page = (numbers: readonly number[], next: string | null, search = "", before: string | null = null) =>
  ({
    type: "listed",
    search,
    before,
    list: { sessions: numbers.map((n) => createSession(n)), next },
  }) as const;

const ids = ({ sessions }: ConversationsState) => sessions.map(({ session_id }) => session_id);

describe("`reduceConversations()`", () => {
  const two = applyActions(INITIAL_CONVERSATIONS, page([1, 2], "c2"), page([3, 4], "c4", "", "c2"));

  test("adds older conversations without duplicates", () => {
    expect([ids(two), two.next, two.status]).toEqual([["s1", "s2", "s3", "s4"], "c4", "ready"]);
    const overlapping = applyActions(two, page([4, 5], null, "", "c4"));
    expect([ids(overlapping), overlapping.next]).toEqual([["s1", "s2", "s3", "s4", "s5"], null]);
    expect(applyActions(two, page([9], null, "", "c2"))).toEqual(two);
  });

  test("refreshes the newest conversations, keeps loaded older ones, and removes deleted ones", () => {
    const refreshed = applyActions(two, page([0, 2], "c2"));
    expect([ids(refreshed), refreshed.next]).toEqual([["s0", "s2", "s3", "s4"], "c4"]);
    const short = applyActions(two, page([1], null));
    expect([ids(short), short.next]).toEqual([["s1"], null]);
  });

  test("applies only the results of the latest search", () => {
    const searching = applyActions(two, { type: "searched", search: "a" });
    expect(ids(searching)).toEqual(ids(two));
    const late = applyActions(searching, { type: "searched", search: "ab" }, page([2], null, "a"));
    expect(ids(late)).toEqual(ids(two));
    const found = applyActions(late, page([3], "c3", "ab"));
    expect([ids(found), found.appliedSearch, found.next]).toEqual([["s3"], "ab", "c3"]);
  });

  test("is `absent` if the server has no list, and keeps the conversations after a failed request", () => {
    expect(applyActions(two, { type: "absent" })).toEqual({ ...INITIAL_CONVERSATIONS, status: "absent" });
    const failed = applyActions(two, { type: "list_failed" });
    expect([failed.status, ids(failed)]).toEqual(["failed", ids(two)]);
    expect(applyActions(failed, page([1], null)).status).toBe("ready");
  });

  test("applies a rename and a deletion at once, and keeps the reason of a failed change", () => {
    const failed = applyActions(two, { type: "problem", problem: "No." });
    const changed = applyActions(
      failed,
      { type: "renamed", id: "s2", title: "New" },
      { type: "deleted", id: "s1" },
    );
    expect(changed.sessions.map(({ title }) => title)).toEqual(["New", "Talk 3", "Talk 4"]);
    expect([failed.problem, changed.problem]).toEqual(["No.", undefined]);
  });

  test("`groupByDay()` uses the days of the user's time zone", () => {
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
      ["today", 2],
      ["yesterday", 1],
      ["earlier", 2],
    ]);
    expect(groupByDay(sessions.slice(3), now).map(({ name }) => name)).toEqual(["earlier"]);
  });
});

describe("`createConversationList()`", () => {
  /** Creates a server whose responses are sent by the test. */
  function createManualServer() {
    const requests: {
      search: string;
      before: string | null;
      respond: (numbers: readonly number[] | undefined) => void;
    }[] = [];
    const failure = new Error("no");
    const port: SessionsPort = {
      list: (query) =>
        new Promise((resolve) => {
          requests.push({
            ...query,
            respond: (numbers) =>
              resolve(numbers && { sessions: numbers.map((n) => createSession(n)), next: null }),
          });
        }),
      rename: (id) => (id === "bad" ? Promise.reject(failure) : Promise.resolve()),
      delete: (id) => (id === "bad" ? Promise.reject(failure) : Promise.resolve()),
      branch: (id, before) =>
        id === "bad"
          ? Promise.reject(failure)
          : Promise.resolve(createSessionFrame(`${id}-${before}`, "Copy")),
      rate: (id) => (id === "bad" ? Promise.reject(failure) : Promise.resolve()),
    };
    return { requests, port };
  }
  const nextTask = () => new Promise((resolve) => setTimeout(resolve, 0));

  test("runs one request at a time: calls during a request cause one further request", async () => {
    const { requests, port } = createManualServer();
    const list = createConversationList(port);
    for (let times = 0; times < 4; times += 1) list.refresh();
    expect(requests.length).toBe(1);
    requests[0]?.respond([1]);
    await nextTask();
    expect(requests.length).toBe(2);
    requests[1]?.respond([1, 2]);
    await nextTask();
    expect([requests.length, ids(list.state())]).toEqual([2, ["s1", "s2"]]);
  });

  test("sends no further requests if the server has no list", async () => {
    const { requests, port } = createManualServer();
    const list = createConversationList(port);
    list.refresh();
    requests[0]?.respond(undefined);
    await nextTask();
    list.refresh();
    expect([requests.length, list.state().status]).toEqual([1, "absent"]);
  });

  test("searches for the text that was typed last", async () => {
    const { requests, port } = createManualServer();
    const list = createConversationList(port, 1);
    for (const text of ["r", "re", "red"]) list.search(text);
    expect(requests.length).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(requests.map(({ search }) => search)).toEqual(["red"]);
  });

  test("resolves to whether a change succeeded", async () => {
    const list = createConversationList(createManualServer().port);
    expect(await Promise.all([list.rename("s1", "x"), list.delete("s1"), list.rename("bad", "x")])).toEqual([
      true,
      true,
      false,
    ]);
    expect(list.state().problem).toBe("The name could not be saved.");
    list.dismissProblem();
    expect(await list.delete("bad")).toBe(false);
    expect(list.state().problem).toBe("The conversation could not be deleted.");
    expect(await list.branch("bad", "m1")).toBeUndefined();
    expect(list.state().problem).toBe("The conversation could not be branched.");
    expect(await list.rate("bad", "m1", { rating: "up" })).toBe(false);
    expect(list.state().problem).toBe("The rating could not be saved.");
    expect(await list.rate("s1", "m1", undefined)).toBe(true);
    expect(await list.branch("s1", "m1")).toBe("s1-m1");
    expect([ids(list.state())[0], list.state().problem]).toEqual(["s1-m1", undefined]);
  });
});

test("`currentSessionState()` returns the state of the current conversation without the list", () => {
  const sent = applyAll(
    INITIAL_STATE,
    createEstablishedFrame(),
    { type: "queued", text: "one" },
    { type: "sent" },
  );
  const turn = { turn_id: "turn-1" };
  const running = applyAll(sent, { type: "typing", message: "…", seq: 1, ...turn });
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
  expect([sent, running, waiting, decided, ended].map(currentSessionState)).toEqual([
    "idle",
    "running",
    "waiting",
    "running",
    "idle",
  ]);
});
