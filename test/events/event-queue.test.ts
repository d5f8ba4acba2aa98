import { describe, expect, test } from "bun:test";
import type { ChatEvent, TurnId } from "../../src/chat/types.ts";
import { NO_USAGE } from "../../src/chat/usage.ts";
import type { StreamedEvent } from "../../src/events/event-log.ts";
import { EventQueue, endsOrSuspendsTurn } from "../../src/events/event-queue.ts";

const turnId = "turn" as TurnId;
const text = (round: number, delta: string): ChatEvent => ({ type: "text_delta", round, text: delta });
const reasoning = (round: number, delta: string): ChatEvent => ({
  type: "reasoning_delta",
  round,
  text: delta,
});
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

function fill(queue: EventQueue<StreamedEvent>, events: readonly ChatEvent[]): void {
  for (const event of events) queue.push({ turnId, event });
}

/** Takes events until the turn ends or is suspended. */
async function take(queue: EventQueue<StreamedEvent>): Promise<readonly ChatEvent[]> {
  const taken: ChatEvent[] = [];
  for await (const { event } of queue) {
    taken.push(event);
    if (endsOrSuspendsTurn(event)) break;
  }
  return taken;
}

describe("`EventQueue`", () => {
  test("yields every event as it was to a reader that keeps up.", async () => {
    const queue = new EventQueue<StreamedEvent>();
    const events = [text(1, "a"), text(1, "b"), reasoning(1, "c"), end];
    const taken = take(queue);
    for (const event of events) {
      fill(queue, [event]);
      await Bun.sleep(0);
    }
    expect(await taken).toEqual(events);
  });

  test("merges deltas of one kind and round for a reader that is far behind, in order and without loss.", async () => {
    const queue = new EventQueue<StreamedEvent>();
    const many = Array.from({ length: 70 }, (_, index) => text(1, `${index} `));
    fill(queue, [...many, reasoning(1, "x"), reasoning(1, "y"), text(1, "p"), text(2, "q"), end]);
    expect(queue.length).toBe(68);
    expect(await take(queue)).toEqual([
      ...many.slice(0, 63),
      text(1, "63 64 65 66 67 68 69 "),
      reasoning(1, "xy"),
      text(1, "p"),
      text(2, "q"),
      end,
    ]);
  });

  test("ends an interrupted iteration after the buffered events, and goes on in the next one.", async () => {
    const queue = new EventQueue<StreamedEvent>();
    fill(queue, [text(1, "a")]);
    queue.interrupt();
    expect(await take(queue)).toEqual([text(1, "a")]);
    const next = take(queue);
    fill(queue, [end]);
    expect(await next).toEqual([end]);
  });
});
