import { describe, expect, test } from "bun:test";
import type { HistoryMessage, ServerFrame } from "../../src/protocols/native/types.ts";
import { resumeFrame } from "../../ui/state/connection.ts";
import { findNextToSend } from "../../ui/state/message-queue.ts";
import { createReply } from "../../ui/state/reply.ts";
import { findLiveReply } from "../../ui/state/turns.ts";
import { type ChatState, type Entry, INITIAL_STATE, type Reply } from "../../ui/state/types.ts";
import { applyAll, createAiResponse, createEstablishedFrame, createFrameSequencer } from "./frames.ts";

type Snapshot = Extract<ServerFrame, { type: "snapshot" }>;

let messageCount = 0;
function createMessage(role: "user" | "assistant", content: string, more: Partial<HistoryMessage> = {}) {
  messageCount += 1;
  const message: HistoryMessage = {
    message_id: `m${messageCount}`,
    role,
    content,
    timestamp: "2026-01-01T12:00:00.000Z",
    tool_calls: [],
    tool_results: [],
    ...more,
  };
  return message;
}

function snapshot(messages: readonly HistoryMessage[], more: Partial<Snapshot> = {}): Snapshot {
  return { type: "snapshot", seq: 40, messages, partial: "", approvals: [], ...more };
}

/** Returns one line for each entry: its kind or status, and its text. */
const lines = (state: ChatState) =>
  state.entries.map((entry) => {
    if (entry.kind !== "reply") return `${entry.kind}: ${entry.text}`;
    const texts = entry.parts.map((part) => (part.type === "call" ? `[${part.name}]` : part.text));
    return `${entry.status}: ${texts.join("")}`;
  });

const open = applyAll(INITIAL_STATE, createEstablishedFrame());
const reopened = applyAll(
  INITIAL_STATE,
  { type: "opened", session: "session-1", reason: "reload" },
  createEstablishedFrame({ session_id: "session-2" }),
  createEstablishedFrame({ session_id: "session-1", resumed: true }),
);

/** Loses the connection, reconnects and resumes the previous session. */
function resume(state: ChatState): ChatState {
  return applyAll(
    state,
    { type: "link", link: "reconnecting" },
    createEstablishedFrame({ session_id: "session-2" }),
    createEstablishedFrame({ session_id: "session-1", resumed: true }),
  );
}

describe("a snapshot", () => {
  const file = { id: "f", name: "a.pdf", media_type: "application/pdf", size: 3, url: "./files/f" };

  test("contains the entire conversation: the rounds of a turn are one reply, with its calls, results and files", () => {
    const state = applyAll(
      reopened,
      snapshot([
        { ...createMessage("user", "Look"), message_id: "q1", attachments: [file] },
        createMessage("assistant", "Let me see.", {
          tool_calls: [
            { id: "a", name: "getBill", arguments: { id: 1 }, method: "GET", path: "/bills/{id}" },
          ],
          tool_results: [
            {
              tool_call_id: "a",
              name: "getBill",
              status: "ok",
              result: "a file",
              http_status: 200,
              duration_ms: 9,
              file,
            },
          ],
        }),
        createMessage("assistant", "Here.", { stop_reason: "max_tokens" }),
      ]),
    );
    expect([state.link, state.opening, state.session]).toEqual([
      "open",
      undefined,
      { id: "session-1", lastSeq: 40 },
    ]);
    const reply: Reply = {
      ...createReply("q1-reply"),
      status: "done",
      stopReason: "max_tokens",
      parts: [
        { type: "text", text: "Let me see." },
        {
          type: "call",
          id: "a",
          name: "getBill",
          arguments: { id: 1 },
          method: "GET",
          path: "/bills/{id}",
          status: "ok",
          approval: undefined,
          httpStatus: 200,
          durationMs: 9,
          result: "a file",
          file,
        },
        { type: "text", text: "Here." },
      ],
    };
    expect(state.entries).toEqual([
      {
        kind: "user",
        id: "q1",
        messageId: "q1",
        after: null,
        text: "Look",
        at: "2026-01-01T12:00:00.000Z",
        files: [file],
      },
      reply,
    ]);
  });

  test("continues a running turn: its partial text, the waiting calls, then live frames", () => {
    const call = { tool_call_id: "b", name: "deleteBill", arguments: {} };
    const running = applyAll(
      reopened,
      snapshot(
        [createMessage("user", "one"), createMessage("assistant", "One."), createMessage("user", "two")],
        {
          turn_id: "turn-2",
          partial: "So far",
          approvals: [{ approval_id: "p", tool_calls: [call], expires_at: "2099-01-01T00:00:00.000Z" }],
        },
      ),
    );
    expect(lines(running)).toEqual(["user: one", "done: One.", "user: two", "running: So far[deleteBill]"]);
    const more = applyAll(
      running,
      { type: "text_delta", text: "old", seq: 40, turn_id: "turn-2" },
      { type: "text_delta", text: " so good", seq: 43, first_seq: 41, turn_id: "turn-2" },
      { ...createAiResponse("So far so good"), seq: 44, turn_id: "turn-2" },
    );
    expect(lines(more).at(-1)).toBe("done: So far[deleteBill] so good");
  });

  test("shows an unfinished turn as failed: retryable, or only editable if it has attachments", () => {
    const withCall = { tool_calls: [{ id: "a", name: "getBill", arguments: {} }] };
    for (const messages of [
      [createMessage("user", "one")],
      [createMessage("user", "one"), createMessage("assistant", "Let me see.", withCall)],
      [createMessage("user", "one"), createMessage("assistant", "Half", { stop_reason: "interrupted" })],
    ])
      expect(applyAll(reopened, snapshot(messages)).entries.at(-1)).toMatchObject({
        status: "failed",
        failure: { code: "interrupted", retryable: true },
      });
    const stopped = [
      createMessage("user", "one"),
      createMessage("assistant", "Half", { ...withCall, stop_reason: "stopped" }),
    ];
    expect(applyAll(reopened, snapshot(stopped)).entries.at(-1)).toMatchObject({ status: "done" });
    const withFile = { ...createMessage("user", "Look"), attachments: [file] };
    expect(applyAll(reopened, snapshot([withFile])).entries.at(-1)).toMatchObject({
      failure: { retryable: false },
    });
    expect(
      lines(
        applyAll(
          reopened,
          snapshot([
            createMessage("user", "one"),
            createMessage("user", "two"),
            createMessage("assistant", "2"),
          ]),
        ),
      ),
    ).toEqual(["user: one", "done: ", "user: two", "done: 2"]);
  });
});

describe("a snapshot that replaces existing entries", () => {
  const next = createFrameSequencer();
  const existing = applyAll(
    open,
    { type: "queued", text: "one" },
    { type: "sent" },
    next({ type: "typing", message: "…" } as const),
    next(createAiResponse("One.", { cost_usd: 0.5 })),
    { type: "queued", text: "two" },
    { type: "sent" },
  );
  const first = [createMessage("user", "one"), createMessage("assistant", "One.")];

  test("keeps entries that are the same in both, so that nothing on the page moves", () => {
    const state = applyAll(
      resume(existing),
      snapshot([...first, createMessage("user", "two"), createMessage("assistant", "Two.")]),
    );
    const [message, ...others] = existing.entries.slice(0, 2);
    // A server of an earlier version did not name the message when its turn started.
    expect(state.entries.slice(0, 2)).toEqual([
      { ...message, messageId: first[0]?.message_id, after: null } as Entry,
      ...others,
    ]);
    expect(state.entries.map(({ id }) => id)).toEqual(existing.entries.map(({ id }) => id));
    expect(lines(state)).toEqual(["user: one", "done: One.", "user: two", "done: Two."]);
  });

  test("keeps the received parts of the running turn, and adds the missing ones", () => {
    const running = applyAll(
      existing,
      { type: "typing", message: "…", seq: 3, turn_id: "turn-2" },
      { type: "tool_call", tool_call_id: "a", name: "get", arguments: {}, seq: 4, turn_id: "turn-2" },
      { type: "text_delta", text: "Tw", seq: 5, turn_id: "turn-2" },
    );
    const state = applyAll(
      resume(running),
      snapshot([...first, createMessage("user", "two")], { turn_id: "turn-2", partial: "Two" }),
    );
    expect(lines(state).at(-1)).toBe("running: [get]Two");
    expect(findLiveReply(state)?.id).toBe(running.entries.at(-1)?.id);
    const ended = applyAll(state, {
      ...createAiResponse("Two.", {
        tool_calls: [{ id: "a", name: "get", arguments: {} }],
        tool_results: [{ tool_call_id: "a", name: "get", status: "ok", result: "2" }],
      }),
      seq: 41,
      turn_id: "turn-2",
    });
    expect(ended.entries.at(-1)).toMatchObject({
      parts: [{ id: "a", status: "ok", result: "2" }, { text: "Two." }],
    });
  });

  test("keeps the entries above a divider, which belong to a previous session", () => {
    const gone = { type: "error", code: "session_not_found", message: "?", retryable: false } as const;
    const fresh = applyAll(
      existing,
      { type: "link", link: "reconnecting" },
      createEstablishedFrame({ session_id: "s2" }),
      gone,
    );
    const again = applyAll(fresh, { type: "queued", text: "three" }, { type: "sent" });
    const state = applyAll(
      resume(again),
      snapshot([createMessage("user", "three"), createMessage("assistant", "Three.")]),
    );
    expect(lines(state)).toEqual([
      "user: one",
      "done: One.",
      "user: two",
      "failed: ",
      `divider: Reconnected. The assistant no longer remembers the messages above.`,
      "user: three",
      "done: Three.",
    ]);
  });

  test("is requested when a message may not have arrived, and nothing is sent before it", () => {
    const lost = applyAll(
      existing,
      { type: "link", link: "reconnecting" },
      createEstablishedFrame({ session_id: "session-2" }),
    );
    expect(resumeFrame(lost)).toEqual({
      type: "resume",
      session_id: "session-1",
      last_seq: 2,
      limit: 60,
      snapshot: true,
    });
    const resumed = applyAll(lost, createEstablishedFrame({ session_id: "session-1", resumed: true }));
    expect([resumed.link, findNextToSend(resumed)]).toEqual(["resuming", undefined]);
  });

  test("queues a message again that the server cannot have, without a duplicate", () => {
    const state = applyAll(resume(existing), snapshot(first));
    expect(lines(state)).toEqual(["user: one", "done: One."]);
    expect([findNextToSend(state)?.text, state.queue.length]).toEqual(["two", 1]);
  });

  test("counts equal messages, so that an earlier one does not stand for the missing one", () => {
    const twice = applyAll(
      open,
      ...[1, 2].flatMap((seq) => [
        { type: "queued", text: "yes" } as const,
        { type: "sent" } as const,
        { ...createAiResponse("Done."), seq, turn_id: `turn-${seq}` },
      ]),
      { type: "queued", text: "yes" },
      { type: "sent" },
    );
    const yes = () => [createMessage("user", "yes"), createMessage("assistant", "Done.")];
    const without = applyAll(resume(twice), snapshot([...yes(), ...yes()]));
    expect([lines(without).length, findNextToSend(without)?.text]).toEqual([4, "yes"]);
    const within = applyAll(resume(twice), snapshot([...yes(), ...yes(), ...yes()]));
    expect([lines(within).length, within.queue]).toEqual([6, []]);
  });

  test("asks the user to confirm while another turn runs, because the message may be in the server's queue", () => {
    const running = { turn_id: "turn-9", partial: "" };
    const state = applyAll(
      resume(existing),
      snapshot([...first, createMessage("user", "of another tab")], running),
    );
    expect(lines(state).slice(2)).toEqual(["user: of another tab", "running: "]);
    expect(state.queue).toEqual([{ id: "entry-1", text: "two", isUnconfirmed: true }]);
    const ended = applyAll(state, { ...createAiResponse("Yes."), seq: 41, turn_id: "turn-9" });
    expect(findNextToSend(ended)).toBeUndefined();
    expect(findNextToSend(applyAll(ended, { type: "confirmed", id: "entry-1" }))?.text).toBe("two");
    const started = applyAll(ended, {
      type: "typing",
      message: "…",
      seq: 42,
      turn_id: "turn-10",
      question: createMessage("user", "two"),
    });
    expect([lines(started).slice(4), started.queue]).toEqual([["user: two", "running: "], []]);
  });

  test("asks the user to confirm a message that was stopped before its turn started", () => {
    const state = applyAll(resume(applyAll(existing, { type: "stopping" })), snapshot(first));
    expect(state.queue).toEqual([{ id: "entry-1", text: "two", isUnconfirmed: true }]);
  });

  test("keeps rejected messages, and messages that were sent after the server created it", () => {
    const rejected = applyAll(existing, {
      type: "error",
      code: "message_too_long",
      message: "Too long.",
      retryable: false,
    });
    expect(lines(applyAll(resume(rejected), snapshot(first)))).toEqual(lines(rejected));
    // No message is pending, so the page requests a replay and may send at once.
    const sent = applyAll(
      resume(applyAll(existing, { ...createAiResponse("Two."), seq: 3, turn_id: "turn-2" })),
      {
        type: "queued",
        text: "three",
      },
    );
    const state = applyAll(sent, { type: "sent" }, snapshot(first));
    expect([lines(state), state.queue]).toEqual([["user: one", "done: One.", "user: three", "sent: "], []]);
  });
});

describe("two tabs in one session", () => {
  const startsTurn = (text: string, seq: number) =>
    ({
      type: "typing",
      message: "…",
      seq,
      turn_id: `turn-${seq}`,
      question: createMessage("user", text),
    }) as const;

  test("show each other's messages and replies immediately", () => {
    const state = applyAll(
      open,
      startsTurn("What else?", 1),
      { type: "text_delta", text: "This.", seq: 2, turn_id: "turn-1" },
      { ...createAiResponse("This."), seq: 3, turn_id: "turn-1" },
    );
    expect(lines(state)).toEqual(["user: What else?", "done: This."]);
  });

  test("may send at the same time: each reply follows its message", () => {
    const state = applyAll(
      open,
      { type: "queued", text: "mine" },
      { type: "sent" },
      startsTurn("theirs", 1),
      {
        type: "text_delta",
        text: "To them.",
        seq: 2,
        turn_id: "turn-1",
      },
    );
    expect(lines(state)).toEqual(["user: theirs", "running: To them.", "user: mine", "sent: "]);
    expect(findLiveReply(state)?.turnId).toBe("turn-1");
    const full = applyAll(state, { type: "error", code: "queue_full", message: "Full.", retryable: true });
    expect(lines(full).slice(1)).toEqual(["running: To them.", "user: mine", "failed: "]);
    const ended = applyAll(
      state,
      { ...createAiResponse("To them."), seq: 3, turn_id: "turn-1" },
      { type: "typing", message: "…", seq: 4, turn_id: "turn-4" },
      { ...createAiResponse("To me."), seq: 5, turn_id: "turn-4" },
    );
    expect(lines(ended)).toEqual(["user: theirs", "done: To them.", "user: mine", "done: To me."]);
  });

  test("cannot retry a message of the other tab whose files they do not have", () => {
    const file = { id: "f", name: "a.pdf", media_type: "application/pdf", size: 3, url: "./files/f" };
    const error = { type: "error", code: "throttled", message: "No.", retryable: true } as const;
    const typing = startsTurn("Look", 1);
    const state = applyAll(
      open,
      { ...typing, question: { ...typing.question, attachments: [file] } },
      { ...error, seq: 2, turn_id: "turn-1" },
    );
    expect(state.entries.at(-1)).toMatchObject({ failure: { message: "No.", retryable: false } });
  });

  test("show that the other tab has cleared the conversation", () => {
    const state = applyAll(
      open,
      startsTurn("one", 1),
      { ...createAiResponse("1"), seq: 2, turn_id: "turn-1" },
      { type: "history_cleared" },
    );
    expect(state.entries).toEqual([]);
  });
});
