import { describe, expect, test } from "bun:test";
import { resumeFrame } from "../../ui/state/connection.ts";
import { findNextToSend } from "../../ui/state/message-queue.ts";
import { filesOf } from "../../ui/state/reply.ts";
import { findSignInState, isSignedIn } from "../../ui/state/sign-in.ts";
import { findLiveReply } from "../../ui/state/turns.ts";
import { type ChatState, INITIAL_STATE, type Reply } from "../../ui/state/types.ts";
import { applyAll, createAiResponse, createEstablishedFrame, createFrameSequencer, USAGE } from "./frames.ts";

const maySend = (state: ChatState) => findNextToSend(state) !== undefined;
const open = applyAll(INITIAL_STATE, createEstablishedFrame());
const pending = applyAll(open, { type: "queued", text: "How many?" }, { type: "sent" });

const EMPTY_REPLY: Reply = {
  kind: "reply",
  id: "entry-0-reply",
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
  test("is a user message and a growing reply: text, calls with their results, text, usage", () => {
    const next = createFrameSequencer();
    const state = applyAll(
      pending,
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
      { kind: "user", id: "entry-0", text: "How many?" },
      {
        ...EMPTY_REPLY,
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

  test("is complete even if the server sends only the final frame", () => {
    const next = createFrameSequencer();
    const { name, arguments: values } = call;
    const state = applyAll(
      pending,
      next(
        createAiResponse("None.", {
          tool_calls: [{ id: "a", name, arguments: values }],
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

  test("keeps its text and the error if it fails, and its calls no longer run", () => {
    const next = createFrameSequencer();
    const state = applyAll(
      pending,
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
      ...EMPTY_REPLY,
      status: "failed",
      turnId: "turn-1",
      parts: [
        { type: "text", text: "Let me see." },
        { ...CALL_PART, status: "unknown", httpStatus: undefined, durationMs: undefined, result: undefined },
      ],
      failure: { code: "throttled", message: "Too busy.", retryable: true, retryAfterMs: 2000 },
    });
  });

  test("replaces the failed turn when it is retried", () => {
    const failed = applyAll(pending, {
      type: "error",
      code: "message_too_long",
      message: "Too long.",
      retryable: false,
    });
    expect(failed.entries.at(-1)).toMatchObject({ status: "failed" });
    const again = applyAll(failed, { type: "retried", id: "entry-0-reply" });
    expect(again).toMatchObject({ entries: [], queue: [{ id: "entry-1", text: "How many?" }] });
    expect(maySend(again)).toBe(true);
  });

  test("continues after an error about another frame", () => {
    const next = createFrameSequencer();
    const state = applyAll(pending, next({ type: "typing", message: "…" } as const), {
      type: "error",
      code: "bad_frame",
      message: "What?",
      retryable: false,
    });
    expect(findLiveReply(state)?.status).toBe("running");
    expect(state.alert).toBe("What?");
    expect(applyAll(state, { type: "alert_dismissed" }).alert).toBeUndefined();
  });

  test("shows the latest reason for a delay until the reply continues", () => {
    const notice = (code: string, message: string) => ({ type: "notice", code, message }) as const;
    const waiting = applyAll(
      pending,
      notice("queued", "Third in line."),
      notice("retrying", "Trying again."),
    );
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

  test("keeps lasting notices of the reply, each once", () => {
    const trimmed = { type: "notice", code: "history_trimmed", message: "Trimmed." } as const;
    const fallback = { type: "notice", code: "fallback_model", message: "Another model." } as const;
    const state = applyAll(pending, trimmed, fallback, trimmed);
    expect(findLiveReply(state)).toMatchObject({
      notices: ["Trimmed.", "Another model."],
      progress: undefined,
    });
    expect([state.note, state.alert]).toEqual([undefined, undefined]);
  });

  test("does not contain notices about the server, which are a note and not an alert", () => {
    const reloaded = { type: "notice", code: "spec_reloaded", message: "3 tools now." } as const;
    const state = applyAll(pending, reloaded);
    expect(findLiveReply(state)?.notices).toEqual([]);
    expect([state.note, state.alert]).toEqual(["3 tools now.", undefined]);
    expect(applyAll(state, { type: "note_dismissed" }).note).toBeUndefined();
    expect(applyAll(open, { ...reloaded, code: "history_trimmed" }).note).toBe("3 tools now.");
    expect(applyAll(open, { type: "notice", code: "logged_out", message: "Out." }).note).toBeUndefined();
  });

  test("contains the files that its calls returned", () => {
    const file = { id: "f1", name: "bill.pdf", media_type: "application/pdf", size: 7, url: "./files/f1" };
    const next = createFrameSequencer();
    const state = applyAll(pending, next(call), next({ ...result, file }));
    const reply = findLiveReply(state);
    expect(reply && filesOf(reply)).toEqual([file]);
    const last = applyAll(
      pending,
      next(
        createAiResponse("Here.", {
          tool_calls: [{ id: "a", name: "listOrders", arguments: {} }],
          tool_results: [{ tool_call_id: "a", name: "listOrders", status: "ok", result: "a file", file }],
        }),
      ),
    ).entries.at(-1);
    expect(last?.kind === "reply" && filesOf(last)).toEqual([file]);
  });
});

describe("queued messages", () => {
  test("are sent one at a time, in order, after the previous turn has ended", () => {
    const both = applyAll(pending, { type: "queued", text: "two" }, { type: "queued", text: " three " });
    expect(both.queue.map(({ text }) => text)).toEqual(["two", "three"]);
    expect(maySend(both)).toBe(false);
    const next = createFrameSequencer();
    const ended = applyAll(both, next(createAiResponse("")));
    expect(maySend(ended)).toBe(true);
    expect(applyAll(ended, { type: "sent" }).entries.map(({ kind }) => kind)).toEqual([
      "user",
      "reply",
      "user",
      "reply",
    ]);
  });

  test("wait for the connection, can be removed, and are never blank", () => {
    const waiting = applyAll(INITIAL_STATE, { type: "queued", text: "one" }, { type: "queued", text: " \n" });
    expect(waiting.queue).toEqual([{ id: "entry-0", text: "one" }]);
    expect(maySend(waiting)).toBe(false);
    expect(maySend(applyAll(waiting, createEstablishedFrame()))).toBe(true);
    expect(applyAll(waiting, { type: "withdrawn", id: "entry-0" }).queue).toEqual([]);
  });
});

describe("a lost connection", () => {
  const next = createFrameSequencer();
  const halfway = applyAll(
    pending,
    next({ type: "typing", message: "…" } as const),
    next({ type: "text_delta", text: "Half" } as const),
    { type: "link", link: "reconnecting" },
    createEstablishedFrame({ session_id: "session-2" }),
  );

  test("leads to a resume of the session before anything else", () => {
    expect(halfway.link).toBe("resuming");
    expect(halfway.session).toEqual({ id: "session-1", lastSeq: 2 });
    expect(maySend({ ...halfway, queue: [{ id: "x", text: "y" }] })).toBe(false);
  });

  test("continues where it stopped when the session resumes, and repeated frames are ignored", () => {
    const resumed = applyAll(
      halfway,
      createEstablishedFrame({ session_id: "session-1", resumed: true }),
      { type: "text_delta", text: "Half", seq: 2, turn_id: "turn-1" },
      { type: "text_delta", text: " and whole", seq: 3, turn_id: "turn-1" },
    );
    expect(resumed.link).toBe("open");
    expect(findLiveReply(resumed)?.parts).toEqual([{ type: "text", text: "Half and whole" }]);
  });

  test("leads to a new session if the old one is gone: the user is informed, and the turn can be retried", () => {
    const restarted = applyAll(halfway, {
      type: "error",
      code: "session_not_found",
      message: "resume?",
      retryable: false,
    });
    expect(restarted).toMatchObject({
      link: "open",
      session: { id: "session-2", lastSeq: 0 },
      alert: undefined,
    });
    expect(restarted.entries.slice(1)).toMatchObject([
      { status: "failed", failure: { code: "interrupted", retryable: true } },
      { kind: "divider", text: "Reconnected. The assistant no longer remembers the messages above." },
    ]);
  });

  test("before the first message needs no resume", () => {
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
  const connected = applyAll(INITIAL_STATE, hello);
  const configured = { type: "auth_configured", api: "", scheme: "token" } as const;
  const signedIn = applyAll(connected, { type: "signing_in", option: token }, configured);
  const rejection = {
    type: "error",
    code: "bad_frame",
    message: "No line breaks.",
    retryable: false,
  } as const;

  test("is offered, pending, completed and undone", () => {
    expect(connected.assistant.signIn).toEqual([token, key]);
    const sending = applyAll(connected, { type: "signing_in", option: token });
    expect([findSignInState(sending, token), isSignedIn(sending)]).toEqual([{ status: "sending" }, false]);
    expect([findSignInState(signedIn, token), isSignedIn(signedIn)]).toEqual([
      { status: "configured" },
      true,
    ]);
    expect(findSignInState(signedIn, key)).toBeUndefined();
    expect(applyAll(signedIn, { type: "signed_out" }).signIn).toEqual({ states: {}, isLost: false });
  });

  test("fails in its form, not in the running reply", () => {
    const state = applyAll(
      connected,
      { type: "queued", text: "Hm?" },
      { type: "sent" },
      { type: "signing_in", option: key },
      rejection,
    );
    expect(findSignInState(state, key)).toEqual({ status: "failed", message: "No line breaks." });
    expect([findLiveReply(state)?.status, state.alert]).toEqual(["sent", undefined]);
    expect(applyAll(connected, rejection).alert).toBe("No line breaks.");
  });

  test("is lost with the session, and the user is informed; a resumed session keeps it", () => {
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
    const options = [{ ...token, configured: true }, key];
    const resumed = applyAll(back, { ...hello, resumed: true, sign_in: options });
    expect([isSignedIn(resumed), resumed.signIn.isLost]).toEqual([true, false]);
    expect(applyAll(connected, { type: "link", link: "reconnecting" }, hello).signIn.isLost).toBe(false);
  });
});

describe("attachments", () => {
  const bill = { name: "bill.pdf", mediaType: "application/pdf", size: 3, data: "YWJj" };
  const note = { name: "note.txt", mediaType: "text/plain", size: 1, data: "YQ==" };
  const attached = applyAll(open, { type: "attached", files: [bill, note], problem: undefined });
  const [first, second] = attached.attached;
  if (first === undefined || second === undefined) throw new Error("nothing was attached");
  const sent = applyAll(
    attached,
    { type: "queued", text: "Look", attachments: attached.attached },
    { type: "sent" },
  );

  test("are attached in order, and removed one by one", () => {
    expect([first, second]).toEqual([
      { ...bill, id: "file-0" },
      { ...note, id: "file-1" },
    ]);
    expect(applyAll(attached, { type: "detached", id: "file-0" }).attached).toEqual([second]);
  });

  test("are sent with the message, and are not attached to the next one", () => {
    expect([sent.entries[0], sent.attached]).toEqual([
      { kind: "user", id: "entry-2", text: "Look", attachments: [first, second] },
      [],
    ]);
    const other = applyAll(attached, { type: "queued", text: "An example" });
    expect([other.queue, other.attached]).toEqual([
      [{ id: "entry-2", text: "An example" }],
      attached.attached,
    ]);
    expect(applyAll(attached, { type: "queued", text: " ", attachments: attached.attached })).toEqual(
      attached,
    );
  });

  test("are sent again with a failed message, and attached again when it is edited", () => {
    const error = { type: "error", code: "internal", message: "Broken.", retryable: true } as const;
    const failed = applyAll(sent, { ...error, seq: 1, turn_id: "turn-1" });
    expect(applyAll(failed, { type: "retried", id: "entry-2-reply" }).queue).toEqual([
      { id: "entry-3", text: "Look", attachments: [first, second] },
    ]);
    const edited = applyAll(failed, { type: "retracted", id: "entry-2-reply" });
    expect([edited.entries, edited.attached.map(({ name }) => name)]).toEqual([[], ["bill.pdf", "note.txt"]]);
  });

  test("over a limit are rejected with a message, while those that fit are attached", () => {
    const large = { ...bill, size: 9_999_997 };
    const over = applyAll(attached, { type: "attached", files: [large, note], problem: undefined });
    expect([over.attached.map(({ size }) => size), over.attachProblem]).toEqual([
      [3, 1, 1],
      "1 file not attached: a message can have at most 10 files and 10 MB in total.",
    ]);
    expect(applyAll(over, { type: "detached", id: "file-1" }).attachProblem).toBeUndefined();
    const many = applyAll(attached, { type: "attached", files: Array(10).fill(note), problem: undefined });
    expect([many.attached.length, many.attachProblem]).toEqual([
      10,
      "2 files not attached: a message can have at most 10 files and 10 MB in total.",
    ]);
    const largest = { ...bill, size: 9_999_996 };
    const full = applyAll(attached, { type: "attached", files: [largest], problem: undefined });
    expect([full.attached.length, full.attachProblem]).toEqual([3, undefined]);
  });

  test("have the limits of the server", () => {
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
      "1 file not attached: a message can have at most 1 file and 2.0 kB in total.",
    ]);
  });
});

describe("another conversation", () => {
  const file = { name: "a.txt", mediaType: "text/plain", size: 1, data: "YQ==" };
  const next = createFrameSequencer();
  const busy = applyAll(
    pending,
    next({ type: "text_delta", text: "So" } as const),
    { type: "queued", text: "later" },
    { type: "attached", files: [file], problem: undefined },
    { type: "link", link: "connecting" },
  );

  test("keeps nothing of the previous one except the draft", () => {
    expect(applyAll(busy, { type: "opened", session: undefined, reason: "chosen" })).toEqual({
      ...INITIAL_STATE,
      assistant: busy.assistant,
      attached: busy.attached,
      drafts: { [busy.session?.id ?? ""]: "later" },
      nextId: busy.nextId,
    });
  });

  test("is requested as a snapshot, and nothing is sent before it arrives", () => {
    const opening = applyAll(
      busy,
      { type: "opened", session: "session-7", reason: "chosen" },
      { type: "queued", text: "new" },
      createEstablishedFrame({ session_id: "session-2" }),
    );
    expect(resumeFrame(opening)).toEqual({
      type: "resume",
      session_id: "session-7",
      last_seq: 0,
      limit: 60,
      snapshot: true,
    });
    const resumed = applyAll(opening, createEstablishedFrame({ session_id: "session-7", resumed: true }));
    expect([resumed.link, maySend(resumed)]).toEqual(["resuming", false]);
    const loaded = applyAll(resumed, { type: "snapshot", seq: 5, messages: [], partial: "", approvals: [] });
    expect([loaded.link, loaded.opening, loaded.session, maySend(loaded)]).toEqual([
      "open",
      undefined,
      { id: "session-7", lastSeq: 5 },
      true,
    ]);
  });

  test("is missing if it is gone, until a message is sent in the new one", () => {
    const gone = { type: "error", code: "session_not_found", message: "Gone.", retryable: false } as const;
    for (const reason of ["chosen", "reload"] as const) {
      const restarted = applyAll(
        INITIAL_STATE,
        { type: "opened", session: "session-7", reason },
        createEstablishedFrame({ session_id: "session-2" }),
        gone,
      );
      expect(restarted).toEqual({
        ...INITIAL_STATE,
        link: "open",
        assistant: open.assistant,
        session: { id: "session-2", lastSeq: 0 },
        missing: "session-7",
      });
      expect(applyAll(restarted, { type: "queued", text: "new" }, { type: "sent" }).missing).toBeUndefined();
    }
  });
});
