import { describe, expect, test } from "bun:test";
import type { ChatEvent, MessageId, SessionId, TurnId } from "../../src/chat/types.ts";
import { EventLog, type LoggedEvent, type Subscriber } from "../../src/events/event-log.ts";
import type { LiveSession } from "../../src/sessions/live-session.ts";
import { followTurn, type TurnCursor } from "../../src/sessions/stream-turn.ts";

const turnId = "turn" as TurnId;
const started: ChatEvent = {
  type: "turn_started",
  turnId,
  question: { role: "user", id: "q" as MessageId, at: "", text: "hi" },
};
const text = (delta: number): ChatEvent => ({ type: "text_delta", round: 1, text: `${delta} ` });
const waiting = { type: "turn_waiting", turn: { id: turnId } } as ChatEvent;

/** A session that only has an event log. `reads` counts reads of it. */
function createSession() {
  const eventLog = new EventLog("session" as SessionId);
  const counts = { reads: 0 };
  const session = {
    eventLog,
    async eventsAfter(seq: number) {
      counts.reads += 1;
      return eventLog.eventsAfter(seq);
    },
  } as unknown as LiveSession;
  const sessions = { subscribe: (_: LiveSession, subscriber: Subscriber) => eventLog.subscribe(subscriber) };
  const follow = (cursor: TurnCursor, signal = new AbortController().signal) =>
    followTurn(sessions, session, cursor, signal);
  return { eventLog, counts, follow };
}

async function seqs(entries: AsyncIterable<LoggedEvent>): Promise<readonly number[]> {
  return await Array.fromAsync(entries, ({ seq }) => seq);
}

describe("`followTurn()`", () => {
  test("replays the events after the cursor, then follows, and ends with a request for approval.", async () => {
    const { eventLog, follow } = createSession();
    eventLog.append(started, turnId);
    eventLog.append(text(1), turnId);
    const followed = seqs(follow({ after: 0, turnId }));
    await Bun.sleep(1);
    eventLog.append({ type: "notice", code: "progress", message: "slow" }, turnId);
    eventLog.append(text(2), turnId);
    eventLog.append(text(3), "other" as TurnId);
    eventLog.append(waiting, turnId);
    expect(await followed).toEqual([1, 2, 3, 5]);
  });

  test("finds its turn by the request, and skips approvals that are decided.", async () => {
    const { eventLog, follow } = createSession();
    const requestId = Symbol();
    eventLog.append(started, turnId, requestId);
    eventLog.append(waiting, turnId);
    eventLog.append(waiting, turnId);
    expect(await seqs(follow({ after: 0, requestId, decidedThrough: 2 }))).toEqual([1, 3]);
  });

  test("gives a slow reader the rest from the event log, each event once and in order.", async () => {
    const { eventLog, counts, follow } = createSession();
    const entries = follow({ after: 0, turnId });
    const first = entries.next();
    await Bun.sleep(1);
    eventLog.append(started, turnId);
    expect((await first).value?.seq).toBe(1);
    for (let index = 0; index < 300; index++) eventLog.append(text(index), turnId);
    eventLog.append(waiting, turnId);
    expect(await seqs(entries)).toEqual(Array.from({ length: 301 }, (_, index) => index + 2));
    expect(counts.reads).toBe(2);
  });

  test("fills a gap from the event log.", async () => {
    const { eventLog, follow } = createSession();
    eventLog.append(started, turnId);
    const followed = seqs(follow({ after: 0, turnId }));
    await Bun.sleep(1);
    eventLog.receive({ seq: 4, turnId, event: text(4) });
    eventLog.prepend([1, 2, 3].map((seq) => ({ seq, turnId, event: text(seq) })));
    eventLog.append(waiting, turnId);
    expect(await followed).toEqual([1, 2, 3, 4, 5]);
  });

  test("throws when the event log no longer has the next event.", async () => {
    const { eventLog, follow } = createSession();
    eventLog.append(started, turnId);
    const followed = seqs(follow({ after: 0, turnId }));
    await Bun.sleep(1);
    eventLog.receive({ seq: 4, turnId, event: text(4) });
    expect(followed).rejects.toMatchObject({ code: "interrupted" });
    await followed.catch(() => undefined);
  });

  test("ends without an event when the signal aborts.", async () => {
    const { eventLog, follow } = createSession();
    const abort = new AbortController();
    const followed = seqs(follow({ after: 0, turnId }, abort.signal));
    await Bun.sleep(1);
    abort.abort();
    expect(await followed).toEqual([]);
    expect(eventLog.hasSubscribers).toBe(false);
  });
});
