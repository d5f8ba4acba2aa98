import { describe, expect, test } from "bun:test";
import { FRESH_START_NOTICE, resumeFrame, SESSION_NOT_FOUND } from "../../ui/state/connection.ts";
import { filesOf } from "../../ui/state/reply.ts";
import { findSignInState, isSignedIn } from "../../ui/state/sign-in.ts";
import { findLiveReply } from "../../ui/state/turns.ts";
import { type ChatState, INITIAL_STATE, type Reply } from "../../ui/state/types.ts";
import { findNextToSend } from "../../ui/state/unsent-messages.ts";
import { applyAll, createAiResponse, createEstablishedFrame, createFrameSequencer, USAGE } from "./frames.ts";

const maySend = (state: ChatState) => findNextToSend(state) !== undefined;
const open = applyAll(INITIAL_STATE, createEstablishedFrame());
const asked = applyAll(open, { type: "asked", text: "How many?" }, { type: "sent" });

const EMPTY_ANSWER: Reply = {
  kind: "answer",
  id: "entry-0-answer",
  status: "sent",
  turnId: undefined,
  parts: [],
  notices: [],
  progress: undefined,
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
  approval: undefined,
  httpStatus: 200,
  durationMs: 12,
  result: "[]",
  file: undefined,
} as const;

describe("a turn", () => {
  test("is a question, then an answer that grows: text, calls with their results, text, figures", () => {
    const next = createFrameSequencer();
    const state = applyAll(
      asked,
      next({ type: "typing", message: "…" } as const),
      next({ type: "reasoning_delta", text: "Orders, " } as const),
      next({ type: "reasoning_delta", text: "then." } as const),
      next({ type: "text_delta", text: "Let " } as const),
      next({ type: "text_delta", text: "me see." } as const),
      next(call),
      next(result),
      next({ type: "text_delta", text: "None." } as const),
      next(createAiResponse("Let me see.None.", { cost_usd: 0.01 })),
    );
    expect(state.entries).toEqual([
      { kind: "question", id: "entry-0", text: "How many?" },
      {
        ...EMPTY_ANSWER,
        status: "done",
        turnId: "turn-1",
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
    const next = createFrameSequencer();
    const { type: _, ...listed } = { ...call, id: "a" };
    const state = applyAll(
      asked,
      next(
        createAiResponse("None.", {
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
    const next = createFrameSequencer();
    const state = applyAll(
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
      turnId: "turn-1",
      parts: [
        { type: "text", text: "Let me see." },
        { ...CALL_PART, status: "unknown", httpStatus: undefined, durationMs: undefined, result: undefined },
      ],
      failure: { code: "throttled", message: "Too busy.", retryable: true, retryAfterMs: 2000 },
    });
  });

  test("that failed is asked again in the place of the failed one", () => {
    const failed = applyAll(asked, {
      type: "error",
      code: "message_too_long",
      message: "Too long.",
      retryable: false,
    });
    expect(failed.entries.at(-1)).toMatchObject({ status: "failed" });
    const again = applyAll(failed, { type: "retried", id: "entry-0-answer" });
    expect(again).toMatchObject({ entries: [], queue: [{ id: "entry-1", text: "How many?" }] });
    expect(maySend(again)).toBe(true);
  });

  test("that runs is not ended by an error about another frame", () => {
    const next = createFrameSequencer();
    const state = applyAll(asked, next({ type: "typing", message: "…" } as const), {
      type: "error",
      code: "bad_frame",
      message: "What?",
      retryable: false,
    });
    expect(findLiveReply(state)?.status).toBe("running");
    expect(state.alert).toBe("What?");
    expect(applyAll(state, { type: "alert_dismissed" }).alert).toBeUndefined();
  });

  test("shows why it waits, the newest reason alone, until something comes", () => {
    const notice = (code: string, message: string) => ({ type: "notice", code, message }) as const;
    const waiting = applyAll(asked, notice("queued", "Third in line."), notice("retrying", "Trying again."));
    expect(findLiveReply(waiting)).toMatchObject({
      progress: "Trying again.",
      notices: [],
      status: "running",
    });
    const fetching = applyAll(waiting, notice("progress", "listOrders: 40 records, 2 pages so far."));
    expect(findLiveReply(fetching)).toMatchObject({
      progress: "listOrders: 40 records, 2 pages so far.",
      notices: [],
    });
    const next = createFrameSequencer();
    for (const frame of [
      next({ type: "text_delta", text: "So" } as const),
      next({ type: "reasoning_delta", text: "So" } as const),
      next(call),
      next(createAiResponse("So")),
      next({ type: "error", code: "throttled", message: "No.", retryable: true } as const),
    ])
      expect(applyAll(waiting, { ...frame, seq: 1 }).entries.at(-1)).toMatchObject({ progress: undefined });
  });

  test("keeps what holds for the whole answer beside it, once", () => {
    const trimmed = { type: "notice", code: "history_trimmed", message: "Trimmed." } as const;
    const fallback = { type: "notice", code: "fallback_model", message: "Another model." } as const;
    const state = applyAll(asked, trimmed, fallback, trimmed);
    expect(findLiveReply(state)).toMatchObject({
      notices: ["Trimmed.", "Another model."],
      progress: undefined,
    });
    expect([state.note, state.alert]).toEqual([undefined, undefined]);
  });

  test("is not where news of the server stand: they are a note, no trouble", () => {
    const reloaded = { type: "notice", code: "spec_reloaded", message: "3 tools now." } as const;
    const state = applyAll(asked, reloaded);
    expect(findLiveReply(state)?.notices).toEqual([]);
    expect([state.note, state.alert]).toEqual(["3 tools now.", undefined]);
    expect(applyAll(state, { type: "note_dismissed" }).note).toBeUndefined();
    expect(applyAll(open, { ...reloaded, code: "history_trimmed" }).note).toBe("3 tools now.");
    expect(applyAll(open, { type: "notice", code: "logged_out", message: "Out." }).note).toBeUndefined();
  });

  test("shows the files that its calls brought", () => {
    const file = { id: "f1", name: "bill.pdf", media_type: "application/pdf", size: 7, url: "./files/f1" };
    const next = createFrameSequencer();
    const state = applyAll(asked, next(call), next({ ...result, file }));
    const answer = findLiveReply(state);
    expect(answer && filesOf(answer)).toEqual([file]);
    const late = applyAll(
      asked,
      next(
        createAiResponse("Here.", {
          tool_calls: [{ id: "a", name: "listOrders", arguments: {} }],
          tool_results: [{ tool_call_id: "a", name: "listOrders", status: "ok", result: "a file", file }],
        }),
      ),
    ).entries.at(-1);
    expect(late?.kind === "answer" && filesOf(late)).toEqual([file]);
  });
});

describe("waiting messages", () => {
  test("go out one at a time, in order, when the turn before has ended", () => {
    const both = applyAll(asked, { type: "asked", text: "two" }, { type: "asked", text: " three " });
    expect(both.queue.map(({ text }) => text)).toEqual(["two", "three"]);
    expect(maySend(both)).toBe(false);
    const next = createFrameSequencer();
    const ended = applyAll(both, next(createAiResponse("")));
    expect(maySend(ended)).toBe(true);
    expect(applyAll(ended, { type: "sent" }).entries.map(({ kind }) => kind)).toEqual([
      "question",
      "answer",
      "question",
      "answer",
    ]);
  });

  test("wait for the connection, can be taken back, and are never blank", () => {
    const waiting = applyAll(INITIAL_STATE, { type: "asked", text: "one" }, { type: "asked", text: " \n" });
    expect(waiting.queue).toEqual([{ id: "entry-0", text: "one" }]);
    expect(maySend(waiting)).toBe(false);
    expect(maySend(applyAll(waiting, createEstablishedFrame()))).toBe(true);
    expect(applyAll(waiting, { type: "withdrawn", id: "entry-0" }).queue).toEqual([]);
  });
});

describe("a lost connection", () => {
  const next = createFrameSequencer();
  const halfway = applyAll(
    asked,
    next({ type: "typing", message: "…" } as const),
    next({ type: "text_delta", text: "Half" } as const),
    { type: "link", link: "reconnecting" },
    createEstablishedFrame({ session_id: "session-2" }),
  );

  test("asks for the old session before anything else", () => {
    expect(halfway.link).toBe("resuming");
    expect(halfway.session).toEqual({ id: "session-1", lastSeq: 2 });
    expect(maySend({ ...halfway, queue: [{ id: "x", text: "y" }] })).toBe(false);
  });

  test("goes on where it was when the session resumes: repeated frames are passed over", () => {
    const resumed = applyAll(
      halfway,
      createEstablishedFrame({ session_id: "session-1", resumed: true }),
      { type: "text_delta", text: "Half", seq: 2, turn_id: "turn-1" },
      { type: "text_delta", text: " and whole", seq: 3, turn_id: "turn-1" },
    );
    expect(resumed.link).toBe("open");
    expect(findLiveReply(resumed)?.parts).toEqual([{ type: "text", text: "Half and whole" }]);
  });

  test("starts afresh when the session is gone: the reader is told, the turn can be asked again", () => {
    const afresh = applyAll(halfway, {
      type: "error",
      code: "session_not_found",
      message: "resume?",
      retryable: false,
    });
    expect(afresh).toMatchObject({
      link: "open",
      session: { id: "session-2", lastSeq: 0 },
      alert: undefined,
    });
    expect(afresh.entries.slice(1)).toMatchObject([
      { status: "failed", failure: { code: "interrupted", retryable: true } },
      { kind: "divider", text: FRESH_START_NOTICE },
    ]);
  });

  test("before the first question leaves nothing to resume", () => {
    const back = applyAll(
      open,
      { type: "link", link: "reconnecting" },
      createEstablishedFrame({ session_id: "session-2" }),
    );
    expect(back).toMatchObject({ link: "open", session: { id: "session-2", lastSeq: 0 }, entries: [] });
  });
});

describe("signing in", () => {
  const token = { api: "", title: "Shop", scheme: "token", kind: "bearer" } as const;
  const key = { api: "", title: "Shop", scheme: "key", kind: "apiKey" } as const;
  const hello = createEstablishedFrame({ sign_in: [token, key] });
  const begun = applyAll(INITIAL_STATE, hello);
  const configured = { type: "auth_configured", api: "", scheme: "token" } as const;
  const signedIn = applyAll(begun, { type: "signing_in", option: token }, configured);
  const refusal = { type: "error", code: "bad_frame", message: "No line breaks.", retryable: false } as const;

  test("is offered, under way, done, and undone", () => {
    expect(begun.assistant.signIn).toEqual([token, key]);
    const sending = applyAll(begun, { type: "signing_in", option: token });
    expect([findSignInState(sending, token), isSignedIn(sending)]).toEqual([{ status: "sending" }, false]);
    expect([findSignInState(signedIn, token), isSignedIn(signedIn)]).toEqual([
      { status: "configured" },
      true,
    ]);
    expect(findSignInState(signedIn, key)).toBeUndefined();
    expect(applyAll(signedIn, { type: "signed_out" }).signIn).toEqual({ states: {}, isLost: false });
  });

  test("fails where it was tried, not in the answer that is under way", () => {
    const state = applyAll(
      begun,
      { type: "asked", text: "Hm?" },
      { type: "sent" },
      { type: "signing_in", option: key },
      refusal,
    );
    expect(findSignInState(state, key)).toEqual({ status: "failed", message: "No line breaks." });
    expect([findLiveReply(state)?.status, state.alert]).toEqual(["sent", undefined]);
    expect(applyAll(begun, refusal).alert).toBe("No line breaks.");
  });

  test("is lost with the session, and the reader is told; a session that goes on still knows", () => {
    const back = applyAll(
      signedIn,
      { type: "link", link: "reconnecting" },
      { ...hello, session_id: "session-2" },
    );
    expect(back.signIn).toEqual({ states: {}, isLost: true });
    const again = applyAll(
      back,
      { type: "link", link: "reconnecting" },
      { ...hello, session_id: "session-3" },
    );
    expect(again.signIn.isLost).toBe(true);
    expect(applyAll(again, { type: "signing_in", option: token }).signIn.isLost).toBe(true);
    expect(applyAll(again, { type: "signing_in", option: token }, configured).signIn.isLost).toBe(false);
    const known = [{ ...token, configured: true }, key];
    const resumed = applyAll(back, { ...hello, resumed: true, sign_in: known });
    expect([isSignedIn(resumed), resumed.signIn.isLost]).toEqual([true, false]);
    expect(applyAll(begun, { type: "link", link: "reconnecting" }, hello).signIn.isLost).toBe(false);
  });
});

describe("files", () => {
  const bill = { name: "bill.pdf", mediaType: "application/pdf", size: 3, data: "YWJj" };
  const note = { name: "note.txt", mediaType: "text/plain", size: 1, data: "YQ==" };
  const attached = applyAll(open, { type: "attached", files: [bill, note], problem: undefined });
  const [first, second] = attached.attached;
  if (first === undefined || second === undefined) throw new Error("nothing was attached");
  const sent = applyAll(
    attached,
    { type: "asked", text: "Look", attachments: attached.attached },
    { type: "sent" },
  );

  test("are attached in order, and taken away one by one", () => {
    expect([first, second]).toEqual([
      { ...bill, id: "file-0" },
      { ...note, id: "file-1" },
    ]);
    expect(applyAll(attached, { type: "detached", id: "file-0" }).attached).toEqual([second]);
  });

  test("go with the message that is sent, and are not attached to the next", () => {
    expect([sent.entries[0], sent.attached]).toEqual([
      { kind: "question", id: "entry-2", text: "Look", attachments: [first, second] },
      [],
    ]);
    const other = applyAll(attached, { type: "asked", text: "An example" });
    expect([other.queue, other.attached]).toEqual([
      [{ id: "entry-2", text: "An example" }],
      attached.attached,
    ]);
    expect(applyAll(attached, { type: "asked", text: " ", attachments: attached.attached })).toEqual(
      attached,
    );
  });

  test("are sent again with a failed message, and attached again when it is to be edited", () => {
    const error = { type: "error", code: "internal", message: "Broken.", retryable: true } as const;
    const broken = applyAll(sent, { ...error, seq: 1, turn_id: "turn-1" });
    expect(applyAll(broken, { type: "retried", id: "entry-2-answer" }).queue).toEqual([
      { id: "entry-3", text: "Look", attachments: [first, second] },
    ]);
    const edited = applyAll(broken, { type: "taken_back", id: "entry-2-answer" });
    expect([edited.entries, edited.attached.map(({ name }) => name)]).toEqual([[], ["bill.pdf", "note.txt"]]);
  });

  test("beyond a limit are left, those that fit are kept, and the reader is told until something changes", () => {
    const large = { ...bill, size: 9_999_997 };
    const over = applyAll(attached, { type: "attached", files: [large, note], problem: undefined });
    expect([over.attached.map(({ size }) => size), over.attachProblem]).toEqual([
      [3, 1, 1],
      "1 file not attached: at most 10 files and 10 MB together fit into a message.",
    ]);
    expect(applyAll(over, { type: "detached", id: "file-1" }).attachProblem).toBeUndefined();
    const many = applyAll(attached, { type: "attached", files: Array(10).fill(note), problem: undefined });
    expect([many.attached.length, many.attachProblem]).toEqual([
      10,
      "2 files not attached: at most 10 files and 10 MB together fit into a message.",
    ]);
    const whole = { ...bill, size: 9_999_996 };
    const full = applyAll(attached, { type: "attached", files: [whole], problem: undefined });
    expect([full.attached.length, full.attachProblem]).toEqual([3, undefined]);
  });

  test("are as many as the server says", () => {
    const small = applyAll(
      INITIAL_STATE,
      createEstablishedFrame({ attachments: { max_files: 1, max_bytes: 2000 } }),
      {
        type: "attached",
        files: [note, note],
        problem: undefined,
      },
    );
    expect([small.attached.length, small.attachProblem]).toEqual([
      1,
      "1 file not attached: at most 1 file and 2.0 kB together fit into a message.",
    ]);
  });
});

describe("another conversation", () => {
  const file = { name: "a.txt", mediaType: "text/plain", size: 1, data: "YQ==" };
  const next = createFrameSequencer();
  const busy = applyAll(
    asked,
    next({ type: "text_delta", text: "So" } as const),
    { type: "asked", text: "later" },
    { type: "attached", files: [file], problem: undefined },
    { type: "link", link: "connecting" },
  );

  test("leaves nothing of the one before but what is being written", () => {
    expect(applyAll(busy, { type: "opened", session: undefined, why: "chosen" })).toEqual({
      ...INITIAL_STATE,
      assistant: busy.assistant,
      attached: busy.attached,
      nextId: busy.nextId,
    });
  });

  test("is asked for whole, and nothing is sent before it is there", () => {
    const opening = applyAll(
      busy,
      { type: "opened", session: "session-7", why: "chosen" },
      { type: "asked", text: "new" },
      createEstablishedFrame({ session_id: "session-2" }),
    );
    expect(resumeFrame(opening)).toEqual({
      type: "resume",
      session_id: "session-7",
      last_seq: 0,
      snapshot: true,
    });
    const resumed = applyAll(opening, createEstablishedFrame({ session_id: "session-7", resumed: true }));
    expect([resumed.link, maySend(resumed)]).toEqual(["resuming", false]);
    const there = applyAll(resumed, { type: "snapshot", seq: 5, messages: [], partial: "", approvals: [] });
    expect([there.link, there.opening, there.session, maySend(there)]).toEqual([
      "open",
      undefined,
      { id: "session-7", lastSeq: 5 },
      true,
    ]);
  });

  test("that is gone is told of when it was chosen; after a reload the page simply begins", () => {
    const gone = { type: "error", code: "session_not_found", message: "Gone.", retryable: false } as const;
    for (const [why, alert] of [
      ["chosen", SESSION_NOT_FOUND],
      ["reload", undefined],
    ] as const) {
      const begun = applyAll(
        INITIAL_STATE,
        { type: "opened", session: "session-7", why },
        createEstablishedFrame({ session_id: "session-2" }),
        gone,
      );
      expect(begun).toEqual({
        ...INITIAL_STATE,
        link: "open",
        assistant: open.assistant,
        session: { id: "session-2", lastSeq: 0 },
        alert,
      });
    }
  });
});
