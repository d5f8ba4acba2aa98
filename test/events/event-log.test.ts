import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import { createFailedEnd } from "../../src/chat/failed-end.ts";
import type { ChatEvent, SessionId, TurnId } from "../../src/chat/types.ts";
import { AppError } from "../../src/errors.ts";
import { EventLog } from "../../src/events/event-log.ts";
import { MemoryBudget } from "../../src/events/memory-budget.ts";

const TURN = "t" as TurnId;
const SIZE = 1_000_000;

function result(index: number): ChatEvent {
  // A text of its own: one that is put together would take no memory before it is read.
  const content = Buffer.alloc(SIZE, `${index}`).toString("latin1");
  const of = { callId: `${index}`, name: "x", status: "ok", durationMs: 0 } as const;
  return { type: "call_ended", round: 1, result: { ...of, content } };
}

test("long results that a story no longer keeps take no memory, however few they are", () => {
  const story = new EventLog("s" as SessionId);
  Bun.gc(true);
  const before = heapStats().heapSize + heapStats().extraMemorySize;
  for (let index = 100; index < 400; index++) story.append(result(index), TURN);
  Bun.gc(true);
  const grown = heapStats().heapSize + heapStats().extraMemorySize - before;
  expect(grown).toBeLessThan(60 * SIZE);
  // What is kept is still told in full, what is not is known to be gone.
  expect([story.eventsAfter(299)?.map(({ seq }) => seq), story.eventsAfter(100)]).toEqual([[300], undefined]);
});

test("where all stories have too much, those of the longest silence are given up, but no open turn", () => {
  const room = new MemoryBudget(3.5 * SIZE);
  const [open, silent, busy] = ["a", "b", "c"].map((id) => new EventLog(id as SessionId, room));
  if (!open || !silent || !busy) throw new Error("three were made");
  const end = createFailedEnd(new AppError("cancelled", "Stopped."), new Date(0));
  const turn = (story: EventLog, index: number) => {
    story.append(result(index), TURN);
    story.append({ type: "turn_ended", turnId: TURN, end }, TURN);
  };
  open.append(result(100), TURN);
  turn(silent, 101);
  turn(busy, 102);
  expect([open, silent, busy].map((story) => story.eventsAfter(0)?.length)).toEqual([1, 2, 2]);
  turn(busy, 103);
  expect([open, silent, busy].map((story) => story.eventsAfter(0)?.length)).toEqual([1, undefined, 4]);
  expect(silent.eventsAfter(2)).toEqual([]);
  // What was given up makes room: there is enough for one more, when the busy one has been silent for longer.
  turn(silent, 104);
  expect([open, silent, busy].map((story) => story.eventsAfter(story.seq - 1)?.length)).toEqual([
    1,
    1,
    undefined,
  ]);
});
