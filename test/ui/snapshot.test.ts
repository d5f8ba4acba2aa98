import { describe, expect, test } from "bun:test";
import type { HistoryMessage, ServerFrame } from "../../src/protocols/native/types.ts";
import { FRESH_START_NOTICE, resumeFrame } from "../../ui/state/connection.ts";
import { createReply } from "../../ui/state/reply.ts";
import { findLiveReply } from "../../ui/state/turns.ts";
import { type ChatState, INITIAL_STATE, type Reply } from "../../ui/state/types.ts";
import { findNextToSend } from "../../ui/state/unsent-messages.ts";
import { applyAll, createAiResponse, createEstablishedFrame, createFrameSequencer } from "./frames.ts";

type Snapshot = Extract<ServerFrame, { type: "snapshot" }>;

let made = 0;
function said(role: "user" | "assistant", content: string, more: Partial<HistoryMessage> = {}) {
  made += 1;
  const message: HistoryMessage = {
    message_id: `m${made}`,
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

/** Who said what, and how it stands. */
const lines = (state: ChatState) =>
  state.entries.map((entry) => {
    if (entry.kind !== "answer") return `${entry.kind}: ${entry.text}`;
    const words = entry.parts.map((part) => (part.type === "call" ? `[${part.name}]` : part.text));
    return `${entry.status}: ${words.join("")}`;
  });

const open = applyAll(INITIAL_STATE, createEstablishedFrame());
const reopened = applyAll(
  INITIAL_STATE,
  { type: "opened", session: "session-1", why: "reload" },
  createEstablishedFrame({ session_id: "session-2" }),
  createEstablishedFrame({ session_id: "session-1", resumed: true }),
);

/** A page whose connection broke and came back: the old session has answered. */
function back(state: ChatState): ChatState {
  return applyAll(
    state,
    { type: "link", link: "reconnecting" },
    createEstablishedFrame({ session_id: "session-2" }),
    createEstablishedFrame({ session_id: "session-1", resumed: true }),
  );
}

describe("a snapshot", () => {
  const file = { id: "f", name: "a.pdf", media_type: "application/pdf", size: 3, url: "./files/f" };

  test("is the whole conversation: rounds of one turn are one answer, with its calls, results and files", () => {
    const state = applyAll(
      reopened,
      snapshot([
        { ...said("user", "Look"), message_id: "q1", attachments: [file] },
        said("assistant", "Let me see.", {
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
        said("assistant", "Here.", { stop_reason: "max_tokens" }),
      ]),
    );
    expect([state.link, state.opening, state.session]).toEqual([
      "open",
      undefined,
      { id: "session-1", lastSeq: 40 },
    ]);
    const answer: Reply = {
      ...createReply("q1-answer"),
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
    expect(state.entries).toEqual([{ kind: "question", id: "q1", text: "Look", files: [file] }, answer]);
  });

  test("goes on with the turn that runs: its text so far, the calls that wait, then live frames", () => {
    const call = { tool_call_id: "b", name: "deleteBill", arguments: {} };
    const running = applyAll(
      reopened,
      snapshot([said("user", "one"), said("assistant", "One."), said("user", "two")], {
        turn_id: "turn-2",
        partial: "So far",
        approvals: [{ approval_id: "p", tool_calls: [call], expires_at: "2099-01-01T00:00:00.000Z" }],
      }),
    );
    expect(lines(running)).toEqual([
      "question: one",
      "done: One.",
      "question: two",
      "running: So far[deleteBill]",
    ]);
    const more = applyAll(
      running,
      { type: "text_delta", text: "old", seq: 40, turn_id: "turn-2" },
      { type: "text_delta", text: " so good", seq: 43, first_seq: 41, turn_id: "turn-2" },
      { ...createAiResponse("So far so good"), seq: 44, turn_id: "turn-2" },
    );
    expect(lines(more).at(-1)).toBe("done: So far[deleteBill] so good");
  });

  test("shows a turn that nobody finished as one to be asked again; with files, to be written again", () => {
    const asks = { tool_calls: [{ id: "a", name: "getBill", arguments: {} }] };
    for (const messages of [
      [said("user", "one")],
      [said("user", "one"), said("assistant", "Let me see.", asks)],
      [said("user", "one"), said("assistant", "Half", { stop_reason: "interrupted" })],
    ])
      expect(applyAll(reopened, snapshot(messages)).entries.at(-1)).toMatchObject({
        status: "failed",
        failure: { code: "interrupted", retryable: true },
      });
    const stopped = [said("user", "one"), said("assistant", "Half", { ...asks, stop_reason: "stopped" })];
    expect(applyAll(reopened, snapshot(stopped)).entries.at(-1)).toMatchObject({ status: "done" });
    const withFile = { ...said("user", "Look"), attachments: [file] };
    expect(applyAll(reopened, snapshot([withFile])).entries.at(-1)).toMatchObject({
      failure: { retryable: false },
    });
    expect(
      lines(applyAll(reopened, snapshot([said("user", "one"), said("user", "two"), said("assistant", "2")]))),
    ).toEqual(["question: one", "done: ", "question: two", "done: 2"]);
  });
});

describe("a snapshot in place of what was shown", () => {
  const next = createFrameSequencer();
  const talked = applyAll(
    open,
    { type: "asked", text: "one" },
    { type: "sent" },
    next({ type: "typing", message: "…" } as const),
    next(createAiResponse("One.", { cost_usd: 0.5 })),
    { type: "asked", text: "two" },
    { type: "sent" },
  );
  const first = [said("user", "one"), said("assistant", "One.")];

  test("leaves alone what is the same in both, so nothing on the page moves", () => {
    const state = applyAll(
      back(talked),
      snapshot([...first, said("user", "two"), said("assistant", "Two.")]),
    );
    expect(state.entries.slice(0, 2)).toEqual(talked.entries.slice(0, 2));
    expect(state.entries.map(({ id }) => id)).toEqual(talked.entries.map(({ id }) => id));
    expect(lines(state)).toEqual(["question: one", "done: One.", "question: two", "done: Two."]);
  });

  test("keeps what the page saw of the running turn, and adds what it missed", () => {
    const begun = applyAll(
      talked,
      { type: "typing", message: "…", seq: 3, turn_id: "turn-2" },
      { type: "tool_call", tool_call_id: "a", name: "get", arguments: {}, seq: 4, turn_id: "turn-2" },
      { type: "text_delta", text: "Tw", seq: 5, turn_id: "turn-2" },
    );
    const state = applyAll(
      back(begun),
      snapshot([...first, said("user", "two")], { turn_id: "turn-2", partial: "Two" }),
    );
    expect(lines(state).at(-1)).toBe("running: [get]Two");
    expect(findLiveReply(state)?.id).toBe(begun.entries.at(-1)?.id);
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

  test("keeps what stands above a fresh start: another session knew it", () => {
    const gone = { type: "error", code: "session_not_found", message: "?", retryable: false } as const;
    const fresh = applyAll(
      talked,
      { type: "link", link: "reconnecting" },
      createEstablishedFrame({ session_id: "s2" }),
      gone,
    );
    const again = applyAll(fresh, { type: "asked", text: "three" }, { type: "sent" });
    const state = applyAll(back(again), snapshot([said("user", "three"), said("assistant", "Three.")]));
    expect(lines(state)).toEqual([
      "question: one",
      "done: One.",
      "question: two",
      "failed: ",
      `divider: ${FRESH_START_NOTICE}`,
      "question: three",
      "done: Three.",
    ]);
  });

  test("is asked for when a message may not have arrived; nothing is sent before", () => {
    const lost = applyAll(
      talked,
      { type: "link", link: "reconnecting" },
      createEstablishedFrame({ session_id: "session-2" }),
    );
    expect(resumeFrame(lost)).toEqual({
      type: "resume",
      session_id: "session-1",
      last_seq: 2,
      snapshot: true,
    });
    const resumed = applyAll(lost, createEstablishedFrame({ session_id: "session-1", resumed: true }));
    expect([resumed.link, findNextToSend(resumed)]).toEqual(["resuming", undefined]);
  });

  test("sends a message again that the server cannot have; it is nowhere twice", () => {
    const state = applyAll(back(talked), snapshot(first));
    expect(lines(state)).toEqual(["question: one", "done: One."]);
    expect([findNextToSend(state)?.text, state.queue.length]).toEqual(["two", 1]);
  });

  test("counts: the same words asked before are not the message that is missed", () => {
    const twice = applyAll(
      open,
      ...[1, 2].flatMap((seq) => [
        { type: "asked", text: "yes" } as const,
        { type: "sent" } as const,
        { ...createAiResponse("Done."), seq, turn_id: `turn-${seq}` },
      ]),
      { type: "asked", text: "yes" },
      { type: "sent" },
    );
    const yes = () => [said("user", "yes"), said("assistant", "Done.")];
    const without = applyAll(back(twice), snapshot([...yes(), ...yes()]));
    expect([lines(without).length, findNextToSend(without)?.text]).toEqual([4, "yes"]);
    const within = applyAll(back(twice), snapshot([...yes(), ...yes(), ...yes()]));
    expect([lines(within).length, within.queue]).toEqual([6, []]);
  });

  test("leaves it to the reader while another turn runs: the message may stand in the server's queue", () => {
    const running = { turn_id: "turn-9", partial: "" };
    const state = applyAll(back(talked), snapshot([...first, said("user", "of another tab")], running));
    expect(lines(state).slice(2)).toEqual(["question: of another tab", "running: "]);
    expect(state.queue).toEqual([{ id: "entry-1", text: "two", isUnconfirmed: true }]);
    const ended = applyAll(state, { ...createAiResponse("Yes."), seq: 41, turn_id: "turn-9" });
    expect(findNextToSend(ended)).toBeUndefined();
    expect(findNextToSend(applyAll(ended, { type: "confirmed", id: "entry-1" }))?.text).toBe("two");
    const begun = applyAll(ended, {
      type: "typing",
      message: "…",
      seq: 42,
      turn_id: "turn-10",
      question: said("user", "two"),
    });
    expect([lines(begun).slice(4), begun.queue]).toEqual([["question: two", "running: "], []]);
  });

  test("leaves it to the reader when it was to be stopped before it began", () => {
    const state = applyAll(back(applyAll(talked, { type: "stopping" })), snapshot(first));
    expect(state.queue).toEqual([{ id: "entry-1", text: "two", isUnconfirmed: true }]);
  });

  test("does not lose what was refused, nor what went out after the server made it", () => {
    const refused = applyAll(talked, {
      type: "error",
      code: "message_too_long",
      message: "Too long.",
      retryable: false,
    });
    expect(lines(applyAll(back(refused), snapshot(first)))).toEqual(lines(refused));
    // Nothing is pending, so a replay is asked for, and the page may send at once.
    const sent = applyAll(
      back(applyAll(talked, { ...createAiResponse("Two."), seq: 3, turn_id: "turn-2" })),
      {
        type: "asked",
        text: "three",
      },
    );
    const state = applyAll(sent, { type: "sent" }, snapshot(first));
    expect([lines(state), state.queue]).toEqual([
      ["question: one", "done: One.", "question: three", "sent: "],
      [],
    ]);
  });
});

describe("two tabs in one conversation", () => {
  const asks = (text: string, seq: number) =>
    ({ type: "typing", message: "…", seq, turn_id: `turn-${seq}`, question: said("user", text) }) as const;

  test("show each other's questions and answers as they come", () => {
    const state = applyAll(
      open,
      asks("What else?", 1),
      { type: "text_delta", text: "This.", seq: 2, turn_id: "turn-1" },
      { ...createAiResponse("This."), seq: 3, turn_id: "turn-1" },
    );
    expect(lines(state)).toEqual(["question: What else?", "done: This."]);
  });

  test("may ask at the same time: each answer finds its question", () => {
    const state = applyAll(open, { type: "asked", text: "mine" }, { type: "sent" }, asks("theirs", 1), {
      type: "text_delta",
      text: "To them.",
      seq: 2,
      turn_id: "turn-1",
    });
    expect(lines(state)).toEqual(["question: theirs", "running: To them.", "question: mine", "sent: "]);
    expect(findLiveReply(state)?.turnId).toBe("turn-1");
    const full = applyAll(state, { type: "error", code: "queue_full", message: "Full.", retryable: true });
    expect(lines(full).slice(1)).toEqual(["running: To them.", "question: mine", "failed: "]);
    const ended = applyAll(
      state,
      { ...createAiResponse("To them."), seq: 3, turn_id: "turn-1" },
      { type: "typing", message: "…", seq: 4, turn_id: "turn-4" },
      { ...createAiResponse("To me."), seq: 5, turn_id: "turn-4" },
    );
    expect(lines(ended)).toEqual(["question: theirs", "done: To them.", "question: mine", "done: To me."]);
  });

  test("cannot ask a question of the other again whose files they do not have", () => {
    const file = { id: "f", name: "a.pdf", media_type: "application/pdf", size: 3, url: "./files/f" };
    const error = { type: "error", code: "throttled", message: "No.", retryable: true } as const;
    const typing = asks("Look", 1);
    const state = applyAll(
      open,
      { ...typing, question: { ...typing.question, attachments: [file] } },
      { ...error, seq: 2, turn_id: "turn-1" },
    );
    expect(state.entries.at(-1)).toMatchObject({ failure: { message: "No.", retryable: false } });
  });

  test("see it when the other clears the conversation", () => {
    const state = applyAll(
      open,
      asks("one", 1),
      { ...createAiResponse("1"), seq: 2, turn_id: "turn-1" },
      { type: "history_cleared" },
    );
    expect(state.entries).toEqual([]);
  });
});
