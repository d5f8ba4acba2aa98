import { expect, test } from "bun:test";
import type { ChatEvent, TurnId } from "../../src/chat/types.ts";
import { NO_USAGE } from "../../src/chat/usage.ts";
import { EventQueue, endsOrSuspendsTurn } from "../../src/events/event-queue.ts";

const turnId = "turn" as TurnId;
const text = (round: number, said: string): ChatEvent => ({ type: "text_delta", round, text: said });
const thought = (round: number, said: string): ChatEvent => ({ type: "reasoning_delta", round, text: said });
const end: ChatEvent = {
  type: "turn_ended",
  turnId,
  end: {
    outcome: "answered",
    stopReason: "end_turn",
    model: "m",
    text: "",
    calls: [],
    results: [],
    usage: NO_USAGE,
    spent: [],
    endedAt: "",
  },
};

async function taken(events: readonly ChatEvent[]): Promise<readonly ChatEvent[]> {
  const feed = new EventQueue(() => true, endsOrSuspendsTurn);
  for (const [index, event] of events.entries()) feed.onEvent({ seq: index + 1, turnId, event });
  return await Array.fromAsync(feed, ({ event }) => event);
}

test("whoever keeps up gets every event as it was", async () => {
  const events = [text(1, "a"), text(1, "b"), thought(1, "c"), end];
  expect(await taken(events)).toEqual(events);
});

test("for whoever is far behind, deltas of one kind and round are joined, in order and whole", async () => {
  const many = Array.from({ length: 70 }, (_, index) => text(1, `${index} `));
  const events = await taken([...many, thought(1, "x"), thought(1, "y"), text(1, "p"), text(2, "q"), end]);
  expect(events).toEqual([
    ...many.slice(0, 63),
    text(1, "63 64 65 66 67 68 69 "),
    thought(1, "xy"),
    text(1, "p"),
    text(2, "q"),
    end,
  ]);
});

test("entries that are not meant are not told, and it ends with the last one", async () => {
  const feed = new EventQueue(({ seq }) => seq !== 2, endsOrSuspendsTurn);
  const events = [text(1, "a"), text(1, "b"), end, text(1, "late")];
  for (const [index, event] of events.entries()) feed.onEvent({ seq: index + 1, turnId, event });
  expect(feed.isOver).toBe(false);
  expect(await Array.fromAsync(feed, ({ seq }) => seq)).toEqual([1, 3]);
  expect(feed.isOver).toBe(true);
});
