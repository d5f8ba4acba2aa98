import { heapStats } from "bun:jsc";
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createFailedEnd } from "../../src/chat/failed-end.ts";
import type { ChatEvent, SessionId, TurnId } from "../../src/chat/types.ts";
import { AppError } from "../../src/errors.ts";
import { EventLog } from "../../src/events/event-log.ts";
import { MemoryBudget } from "../../src/events/memory-budget.ts";

const TURN = "t" as TurnId;
const SIZE = 1_000_000;
const END = createFailedEnd(new AppError("cancelled", "Stopped."), new Date(0));
const SHORT_RESULT: ChatEvent = {
  type: "call_ended",
  round: 1,
  result: { callId: "1", name: "x", status: "ok", durationMs: 0, content: "short" },
};

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
    const addTurn = (log: EventLog, index: number) => {
      log.append(createResult(index), TURN);
      log.append({ type: "turn_ended", turnId: TURN, end: END }, TURN);
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

  test("returns every event as it was appended, also of turns that have ended.", () => {
    const text = fc.constantFrom("", "a", "word ", "é€", "x".repeat(300));
    const type = fc.constantFrom("text_delta" as const, "reasoning_delta" as const);
    const delta = fc.record({ type, round: fc.integer({ min: 1, max: 2 }), text });
    const other = fc.constantFrom("call_ended" as const, "turn_ended" as const, "rejected" as const);
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: delta }, other), { maxLength: 60 }), (steps) => {
        const log = new EventLog("s" as SessionId);
        let turn = 0;
        const expected = steps.map((step) => {
          const turnId = `${step === "rejected" ? "rejected" : turn}` as TurnId;
          if (typeof step === "object") return log.append(step, turnId);
          if (step === "call_ended") return log.append(SHORT_RESULT, turnId, "request");
          if (step === "turn_ended") turn += 1;
          return log.append({ type: "turn_ended", turnId, end: END }, turnId);
        });
        for (let seq = 0; seq <= expected.length; seq++)
          expect(log.eventsAfter(seq)).toEqual(expected.slice(seq));
        expect(log.loggedEvents).toEqual(expected);
        expect(log.eventsAfter(expected.length + 1)).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  test("keeps a turn that has ended in little more memory than its text.", () => {
    const measure = () => heapStats().heapSize + heapStats().extraMemorySize;
    Bun.gc(true);
    const before = measure();
    const logs = Array.from({ length: 100 }, (_, session) => {
      const log = new EventLog(`${session}` as SessionId);
      for (let index = 0; index < 500; index++)
        log.append({ type: "text_delta", round: 1, text: `word ${session} ${index} ` }, TURN);
      log.append({ type: "turn_ended", turnId: TURN, end: END }, TURN);
      return log;
    });
    Bun.gc(true);
    expect((measure() - before) / logs.length).toBeLessThan(25_000);
    expect(logs.map((log) => log.eventsAfter(0)?.length)).toEqual(logs.map(() => 501));
  });
});
