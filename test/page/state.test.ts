import { describe, expect, test } from "bun:test";
import type { ServerFrame } from "../../src/wire/types.ts";
import { FRESH_START } from "../../ui/state/link.ts";
import { liveAnswer, maySend, reduce } from "../../ui/state/reduce.ts";
import { type Action, type Answer, type ChatState, NOTHING_YET } from "../../ui/state/types.ts";
import { established, response, story, USAGE } from "./frames.ts";

function after(state: ChatState, ...actions: readonly (Action | ServerFrame)[]): ChatState {
  return actions.reduce<ChatState>(
    (before, action) => reduce(before, isAction(action) ? action : { type: "frame", frame: action }),
    state,
  );
}

const ACTIONS = ["link", "resume_failed", "asked", "sent", "withdrawn", "stopping", "retried", "cleared"];

function isAction(value: Action | ServerFrame): value is Action {
  return ACTIONS.includes(value.type) || value.type === "alert_dismissed" || value.type === "frame";
}

const open = after(NOTHING_YET, established());
const asked = after(open, { type: "asked", text: "How many?" }, { type: "sent" });

const EMPTY_ANSWER: Answer = {
  kind: "answer",
  id: "entry-0-answer",
  status: "sent",
  parts: [],
  notices: [],
  failure: undefined,
  stopReason: undefined,
  usage: undefined,
  costUsd: undefined,
  model: undefined,
};

const call = {
  type: "tool_call",
  tool_call_id: "a",
  name: "listOrders",
  arguments: { limit: 3 },
  method: "GET",
  path: "/orders",
} as const;

const result = {
  type: "tool_result",
  tool_call_id: "a",
  name: "listOrders",
  status: "ok",
  http_status: 200,
  duration_ms: 12,
  result: "[]",
} as const;

const CALL_PART = {
  type: "call",
  id: "a",
  name: "listOrders",
  arguments: { limit: 3 },
  method: "GET",
  path: "/orders",
  status: "ok",
  httpStatus: 200,
  durationMs: 12,
  result: "[]",
} as const;

describe("a turn", () => {
  test("is a question, then an answer that grows: text, calls with their results, text, figures", () => {
    const next = story();
    const state = after(
      asked,
      next({ type: "typing", message: "…" } as const),
      next({ type: "reasoning_delta", text: "Orders, " } as const),
      next({ type: "reasoning_delta", text: "then." } as const),
      next({ type: "text_delta", text: "Let " } as const),
      next({ type: "text_delta", text: "me see." } as const),
      next(call),
      next(result),
      next({ type: "text_delta", text: "None." } as const),
      next(response("Let me see.None.", { cost_usd: 0.01 })),
    );
    expect(state.entries).toEqual([
      { kind: "question", id: "entry-0", text: "How many?" },
      {
        ...EMPTY_ANSWER,
        status: "done",
        parts: [
          { type: "reasoning", text: "Orders, then." },
          { type: "text", text: "Let me see." },
          CALL_PART,
          { type: "text", text: "None." },
        ],
        stopReason: "end_turn",
        usage: USAGE,
        costUsd: 0.01,
        model: "demo",
      },
    ]);
    expect(state.session).toEqual({ id: "session-1", lastSeq: 9 });
  });

  test("of a server that tells nothing before the end is whole all the same", () => {
    const next = story();
    const { type: _, ...listed } = { ...call, id: "a" };
    const state = after(
      asked,
      next(
        response("None.", {
          tool_calls: [{ id: listed.id, name: listed.name, arguments: listed.arguments }],
          tool_results: [{ tool_call_id: "a", name: "listOrders", status: "ok", result: "[]" }],
        }),
      ),
    );
    expect(state.entries.at(-1)).toMatchObject({
      status: "done",
      parts: [
        { ...CALL_PART, method: undefined, path: undefined, httpStatus: undefined, durationMs: undefined },
        { type: "text", text: "None." },
      ],
    });
  });

  test("that fails keeps what was said and says why; calls without a result are no longer running", () => {
    const next = story();
    const state = after(
      asked,
      next({ type: "text_delta", text: "Let me see." } as const),
      next(call),
      next({
        type: "error",
        code: "throttled",
        message: "Too busy.",
        retryable: true,
        retry_after_ms: 2000,
      } as const),
    );
    expect(state.entries.at(-1)).toEqual({
      ...EMPTY_ANSWER,
      status: "failed",
      parts: [
        { type: "text", text: "Let me see." },
        { ...CALL_PART, status: "unknown", httpStatus: undefined, durationMs: undefined, result: undefined },
      ],
      failure: { code: "throttled", message: "Too busy.", retryable: true, retryAfterMs: 2000 },
    });
  });

  test("that failed is asked again in the place of the failed one", () => {
    const failed = after(asked, {
      type: "error",
      code: "message_too_long",
      message: "Too long.",
      retryable: false,
    });
    expect(failed.entries.at(-1)).toMatchObject({ status: "failed" });
    const again = after(failed, { type: "retried", id: "entry-0-answer" });
    expect(again).toMatchObject({ entries: [], waiting: [{ id: "entry-1", text: "How many?" }] });
    expect(maySend(again)).toBe(true);
  });

  test("that runs is not ended by an error about another frame", () => {
    const next = story();
    const state = after(asked, next({ type: "typing", message: "…" } as const), {
      type: "error",
      code: "bad_frame",
      message: "What?",
      retryable: false,
    });
    expect(liveAnswer(state)?.status).toBe("running");
    expect(state.alert).toBe("What?");
    expect(after(state, { type: "alert_dismissed" }).alert).toBeUndefined();
  });

  test("keeps notices beside its answer; a notice between turns is shown alone", () => {
    const notice = { type: "notice", code: "retrying", message: "Trying again." } as const;
    expect(liveAnswer(after(asked, notice))?.notices).toEqual(["Trying again."]);
    expect(after(open, notice).alert).toBe("Trying again.");
  });
});

describe("waiting messages", () => {
  test("go out one at a time, in order, when the turn before has ended", () => {
    const both = after(asked, { type: "asked", text: "two" }, { type: "asked", text: " three " });
    expect(both.waiting.map(({ text }) => text)).toEqual(["two", "three"]);
    expect(maySend(both)).toBe(false);
    const next = story();
    const ended = after(both, next(response("")));
    expect(maySend(ended)).toBe(true);
    expect(after(ended, { type: "sent" }).entries.map(({ kind }) => kind)).toEqual([
      "question",
      "answer",
      "question",
      "answer",
    ]);
  });

  test("wait for the connection, can be taken back, and are never blank", () => {
    const waiting = after(NOTHING_YET, { type: "asked", text: "one" }, { type: "asked", text: " \n" });
    expect(waiting.waiting).toEqual([{ id: "entry-0", text: "one" }]);
    expect(maySend(waiting)).toBe(false);
    expect(maySend(after(waiting, established()))).toBe(true);
    expect(after(waiting, { type: "withdrawn", id: "entry-0" }).waiting).toEqual([]);
  });
});

describe("a lost connection", () => {
  const next = story();
  const halfway = after(
    asked,
    next({ type: "typing", message: "…" } as const),
    next({ type: "text_delta", text: "Half" } as const),
    { type: "link", link: "reconnecting" },
    established({ session_id: "session-2" }),
  );

  test("asks for the old session before anything else", () => {
    expect(halfway.link).toBe("resuming");
    expect(halfway.session).toEqual({ id: "session-1", lastSeq: 2 });
    expect(maySend({ ...halfway, waiting: [{ id: "x", text: "y" }] })).toBe(false);
  });

  test("goes on where it was when the session resumes: repeated frames are passed over", () => {
    const resumed = after(
      halfway,
      established({ session_id: "session-1", resumed: true }),
      { type: "text_delta", text: "Half", seq: 2, turn_id: "turn-1" },
      { type: "text_delta", text: " and whole", seq: 3, turn_id: "turn-1" },
    );
    expect(resumed.link).toBe("open");
    expect(liveAnswer(resumed)?.parts).toEqual([{ type: "text", text: "Half and whole" }]);
  });

  test("starts afresh when the session is gone: the reader is told, the turn can be asked again", () => {
    for (const afresh of [
      after(halfway, { type: "error", code: "unknown_type", message: "resume?", retryable: false }),
      after(halfway, { type: "resume_failed" }),
    ]) {
      expect(afresh).toMatchObject({
        link: "open",
        session: { id: "session-2", lastSeq: 0 },
        alert: undefined,
      });
      expect(afresh.entries.slice(1)).toMatchObject([
        { status: "failed", failure: { code: "interrupted", retryable: true } },
        { kind: "divider", text: FRESH_START },
      ]);
    }
  });

  test("before the first question leaves nothing to resume", () => {
    const back = after(
      open,
      { type: "link", link: "reconnecting" },
      established({ session_id: "session-2" }),
    );
    expect(back).toMatchObject({ link: "open", session: { id: "session-2", lastSeq: 0 }, entries: [] });
  });
});

describe("a new conversation", () => {
  test("passes over what the old one still says", () => {
    const next = story();
    const cleared = after(asked, next({ type: "typing", message: "…" } as const), { type: "cleared" });
    const more = after(
      cleared,
      { type: "asked", text: "New" },
      next({ type: "text_delta", text: "old" } as const),
      next(response("old", { stop_reason: "stopped" })),
    );
    expect(more.entries).toEqual([]);
    expect(maySend(more)).toBe(false);
    const fresh = after(more, { type: "history_cleared" });
    expect(maySend(fresh)).toBe(true);
  });

  test("without a connection does not bring the old session back", () => {
    const cleared = after(asked, { type: "link", link: "reconnecting" }, { type: "cleared" });
    const back = after(cleared, { type: "asked", text: "New" }, established({ session_id: "session-2" }));
    expect(back).toMatchObject({ link: "open", session: { id: "session-2", lastSeq: 0 }, entries: [] });
    expect(maySend(back)).toBe(true);
  });
});
