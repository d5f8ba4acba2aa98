import { heapStats } from "bun:jsc";
import { describe, expect, test } from "bun:test";
import { createFailedEnd } from "../../src/chat/failed-end.ts";
import type { ChatEvent, SessionId, TurnId } from "../../src/chat/types.ts";
import { AppError } from "../../src/errors.ts";
import { EventLog } from "../../src/events/event-log.ts";
import { MemoryBudget } from "../../src/events/memory-budget.ts";

const TURN = "t" as TurnId;
const SIZE = 1_000_000;

function createResult(index: number): ChatEvent {
  // Each text is its own allocation: a concatenated string would take no memory before it is read.
  const content = Buffer.alloc(SIZE, `${index}`).toString("latin1");
  const fields = { callId: `${index}`, name: "x", status: "ok", durationMs: 0 } as const;
  return { type: "call_ended", round: 1, result: { ...fields, content } };
}

describe("`EventLog`", () => {
  test("frees the memory of long results that it dropped, however few they are.", () => {
    const log = new EventLog("s" as SessionId);
    Bun.gc(true);
    const before = heapStats().heapSize + heapStats().extraMemorySize;
    for (let index = 100; index < 400; index++) log.append(createResult(index), TURN);
    Bun.gc(true);
    const grown = heapStats().heapSize + heapStats().extraMemorySize - before;
    expect(grown).toBeLessThan(60 * SIZE);
    expect([log.eventsAfter(299)?.map(({ seq }) => seq), log.eventsAfter(100)]).toEqual([[300], undefined]);
  });

  test("is evicted over the shared budget, oldest first, but not while its turn is open.", () => {
    const budget = new MemoryBudget(3.5 * SIZE);
    const [open, quiet, busy] = ["a", "b", "c"].map((id) => new EventLog(id as SessionId, budget));
    if (!open || !quiet || !busy) throw new Error("expected three logs");
    const end = createFailedEnd(new AppError("cancelled", "Stopped."), new Date(0));
    const addTurn = (log: EventLog, index: number) => {
      log.append(createResult(index), TURN);
      log.append({ type: "turn_ended", turnId: TURN, end }, TURN);
    };
    open.append(createResult(100), TURN);
    addTurn(quiet, 101);
    addTurn(busy, 102);
    expect([open, quiet, busy].map((log) => log.eventsAfter(0)?.length)).toEqual([1, 2, 2]);
    addTurn(busy, 103);
    expect([open, quiet, busy].map((log) => log.eventsAfter(0)?.length)).toEqual([1, undefined, 4]);
    expect(quiet.eventsAfter(2)).toEqual([]);
    // Eviction frees budget: there is enough for one more turn, at the cost of the log that is now the oldest.
    addTurn(quiet, 104);
    expect([open, quiet, busy].map((log) => log.eventsAfter(log.seq - 1)?.length)).toEqual([1, 1, undefined]);
  });
});
