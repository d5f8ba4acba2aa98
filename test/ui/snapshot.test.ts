import { describe, expect, test } from "bun:test";
import type { HistoryMessage, ServerFrame } from "../../src/protocols/native/types.ts";
import { FRESH_START, resumeFrame } from "../../ui/state/connection.ts";
import { newAnswer } from "../../ui/state/reply.ts";
import { liveAnswer } from "../../ui/state/turns.ts";
import { type Answer, type ChatState, NOTHING_YET } from "../../ui/state/types.ts";
import { nextToSend } from "../../ui/state/unsent-messages.ts";
import { after, established, response, story } from "./frames.ts";

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

const open = after(NOTHING_YET, established());
const reopened = after(
  NOTHING_YET,
  { type: "opened", session: "session-1", why: "reload" },
  established({ session_id: "session-2" }),
  established({ session_id: "session-1", resumed: true }),
);

/** A page whose connection broke and came back: the old session has answered. */
function back(state: ChatState): ChatState {
  return after(
    state,
    { type: "link", link: "reconnecting" },
    established({ session_id: "session-2" }),
    established({ session_id: "session-1", resumed: true }),
  );
}

describe("a snapshot", () => {
  const file = { id: "f", name: "a.pdf", media_type: "application/pdf", size: 3, url: "./files/f" };

  test("is the whole conversation: rounds of one turn are one answer, with its calls, results and files", () => {
    const state = after(
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
    const answer: Answer = {
      ...newAnswer("q1-answer"),
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
          held: undefined,
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
    const running = after(
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
    const more = after(
      running,
      { type: "text_delta", text: "old", seq: 40, turn_id: "turn-2" },
      { type: "text_delta", text: " so good", seq: 43, first_seq: 41, turn_id: "turn-2" },
      { ...response("So far so good"), seq: 44, turn_id: "turn-2" },
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
      expect(after(reopened, snapshot(messages)).entries.at(-1)).toMatchObject({
        status: "failed",
        failure: { code: "interrupted", retryable: true },
      });
    const stopped = [said("user", "one"), said("assistant", "Half", { ...asks, stop_reason: "stopped" })];
    expect(after(reopened, snapshot(stopped)).entries.at(-1)).toMatchObject({ status: "done" });
    const withFile = { ...said("user", "Look"), attachments: [file] };
    expect(after(reopened, snapshot([withFile])).entries.at(-1)).toMatchObject({
      failure: { retryable: false },
    });
    expect(
      lines(after(reopened, snapshot([said("user", "one"), said("user", "two"), said("assistant", "2")]))),
    ).toEqual(["question: one", "done: ", "question: two", "done: 2"]);
  });
});

describe("a snapshot in place of what was shown", () => {
  const next = story();
  const talked = after(
    open,
    { type: "asked", text: "one" },
    { type: "sent" },
    next({ type: "typing", message: "…" } as const),
    next(response("One.", { cost_usd: 0.5 })),
    { type: "asked", text: "two" },
    { type: "sent" },
  );
  const first = [said("user", "one"), said("assistant", "One.")];

  test("leaves alone what is the same in both, so nothing on the page moves", () => {
    const state = after(back(talked), snapshot([...first, said("user", "two"), said("assistant", "Two.")]));
    expect(state.entries.slice(0, 2)).toEqual(talked.entries.slice(0, 2));
    expect(state.entries.map(({ id }) => id)).toEqual(talked.entries.map(({ id }) => id));
    expect(lines(state)).toEqual(["question: one", "done: One.", "question: two", "done: Two."]);
  });

  test("keeps what the page saw of the running turn, and adds what it missed", () => {
    const begun = after(
      talked,
      { type: "typing", message: "…", seq: 3, turn_id: "turn-2" },
      { type: "tool_call", tool_call_id: "a", name: "get", arguments: {}, seq: 4, turn_id: "turn-2" },
      { type: "text_delta", text: "Tw", seq: 5, turn_id: "turn-2" },
    );
    const state = after(
      back(begun),
      snapshot([...first, said("user", "two")], { turn_id: "turn-2", partial: "Two" }),
    );
    expect(lines(state).at(-1)).toBe("running: [get]Two");
    expect(liveAnswer(state)?.id).toBe(begun.entries.at(-1)?.id);
    const ended = after(state, {
      ...response("Two.", {
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
    const fresh = after(
      talked,
      { type: "link", link: "reconnecting" },
      established({ session_id: "s2" }),
      gone,
    );
    const again = after(fresh, { type: "asked", text: "three" }, { type: "sent" });
    const state = after(back(again), snapshot([said("user", "three"), said("assistant", "Three.")]));
    expect(lines(state)).toEqual([
      "question: one",
      "done: One.",
      "question: two",
      "failed: ",
      `divider: ${FRESH_START}`,
      "question: three",
      "done: Three.",
    ]);
  });

  test("is asked for when a message may not have arrived; nothing is sent before", () => {
    const lost = after(
      talked,
      { type: "link", link: "reconnecting" },
      established({ session_id: "session-2" }),
    );
    expect(resumeFrame(lost)).toEqual({
      type: "resume",
      session_id: "session-1",
      last_seq: 2,
      snapshot: true,
    });
    const resumed = after(lost, established({ session_id: "session-1", resumed: true }));
    expect([resumed.link, nextToSend(resumed)]).toEqual(["resuming", undefined]);
  });

  test("sends a message again that the server cannot have; it is nowhere twice", () => {
    const state = after(back(talked), snapshot(first));
    expect(lines(state)).toEqual(["question: one", "done: One."]);
    expect([nextToSend(state)?.text, state.waiting.length]).toEqual(["two", 1]);
  });

  test("counts: the same words asked before are not the message that is missed", () => {
    const twice = after(
      open,
      ...[1, 2].flatMap((seq) => [
        { type: "asked", text: "yes" } as const,
        { type: "sent" } as const,
        { ...response("Done."), seq, turn_id: `turn-${seq}` },
      ]),
      { type: "asked", text: "yes" },
      { type: "sent" },
    );
    const yes = () => [said("user", "yes"), said("assistant", "Done.")];
    const without = after(back(twice), snapshot([...yes(), ...yes()]));
    expect([lines(without).length, nextToSend(without)?.text]).toEqual([4, "yes"]);
    const within = after(back(twice), snapshot([...yes(), ...yes(), ...yes()]));
    expect([lines(within).length, within.waiting]).toEqual([6, []]);
  });

  test("leaves it to the reader while another turn runs: the message may stand in the server's queue", () => {
    const running = { turn_id: "turn-9", partial: "" };
    const state = after(back(talked), snapshot([...first, said("user", "of another tab")], running));
    expect(lines(state).slice(2)).toEqual(["question: of another tab", "running: "]);
    expect(state.waiting).toEqual([{ id: "entry-1", text: "two", isUnsure: true }]);
    const ended = after(state, { ...response("Yes."), seq: 41, turn_id: "turn-9" });
    expect(nextToSend(ended)).toBeUndefined();
    expect(nextToSend(after(ended, { type: "confirmed", id: "entry-1" }))?.text).toBe("two");
    const begun = after(ended, {
      type: "typing",
      message: "…",
      seq: 42,
      turn_id: "turn-10",
      question: said("user", "two"),
    });
    expect([lines(begun).slice(4), begun.waiting]).toEqual([["question: two", "running: "], []]);
  });

  test("leaves it to the reader when it was to be stopped before it began", () => {
    const state = after(back(after(talked, { type: "stopping" })), snapshot(first));
    expect(state.waiting).toEqual([{ id: "entry-1", text: "two", isUnsure: true }]);
  });

  test("does not lose what was refused, nor what went out after the server made it", () => {
    const refused = after(talked, {
      type: "error",
      code: "message_too_long",
      message: "Too long.",
      retryable: false,
    });
    expect(lines(after(back(refused), snapshot(first)))).toEqual(lines(refused));
    // Nothing is pending, so a replay is asked for, and the page may send at once.
    const sent = after(back(after(talked, { ...response("Two."), seq: 3, turn_id: "turn-2" })), {
      type: "asked",
      text: "three",
    });
    const state = after(sent, { type: "sent" }, snapshot(first));
    expect([lines(state), state.waiting]).toEqual([
      ["question: one", "done: One.", "question: three", "sent: "],
      [],
    ]);
  });
});

describe("two tabs in one conversation", () => {
  const asks = (text: string, seq: number) =>
    ({ type: "typing", message: "…", seq, turn_id: `turn-${seq}`, question: said("user", text) }) as const;

  test("show each other's questions and answers as they come", () => {
    const state = after(
      open,
      asks("What else?", 1),
      { type: "text_delta", text: "This.", seq: 2, turn_id: "turn-1" },
      { ...response("This."), seq: 3, turn_id: "turn-1" },
    );
    expect(lines(state)).toEqual(["question: What else?", "done: This."]);
  });

  test("may ask at the same time: each answer finds its question", () => {
    const state = after(open, { type: "asked", text: "mine" }, { type: "sent" }, asks("theirs", 1), {
      type: "text_delta",
      text: "To them.",
      seq: 2,
      turn_id: "turn-1",
    });
    expect(lines(state)).toEqual(["question: theirs", "running: To them.", "question: mine", "sent: "]);
    expect(liveAnswer(state)?.turnId).toBe("turn-1");
    const full = after(state, { type: "error", code: "queue_full", message: "Full.", retryable: true });
    expect(lines(full).slice(1)).toEqual(["running: To them.", "question: mine", "failed: "]);
    const ended = after(
      state,
      { ...response("To them."), seq: 3, turn_id: "turn-1" },
      { type: "typing", message: "…", seq: 4, turn_id: "turn-4" },
      { ...response("To me."), seq: 5, turn_id: "turn-4" },
    );
    expect(lines(ended)).toEqual(["question: theirs", "done: To them.", "question: mine", "done: To me."]);
  });

  test("cannot ask a question of the other again whose files they do not have", () => {
    const file = { id: "f", name: "a.pdf", media_type: "application/pdf", size: 3, url: "./files/f" };
    const error = { type: "error", code: "throttled", message: "No.", retryable: true } as const;
    const typing = asks("Look", 1);
    const state = after(
      open,
      { ...typing, question: { ...typing.question, attachments: [file] } },
      { ...error, seq: 2, turn_id: "turn-1" },
    );
    expect(state.entries.at(-1)).toMatchObject({ failure: { message: "No.", retryable: false } });
  });

  test("see it when the other clears the conversation", () => {
    const state = after(
      open,
      asks("one", 1),
      { ...response("1"), seq: 2, turn_id: "turn-1" },
      { type: "history_cleared" },
    );
    expect(state.entries).toEqual([]);
  });
});
