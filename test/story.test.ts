import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import type { SessionId, ToldEvent, TurnId } from "../src/chat/types.ts";
import { Story } from "../src/story.ts";

const TURN = "t" as TurnId;
const SIZE = 1_000_000;

function result(index: number): ToldEvent {
  // A text of its own: one that is put together would take no memory before it is read.
  const content = Buffer.alloc(SIZE, `${index}`).toString("latin1");
  const of = { callId: `${index}`, name: "x", status: "ok", durationMs: 0 } as const;
  return { type: "call_ended", round: 1, result: { ...of, content } };
}

test("long results that a story no longer keeps take no memory, however few they are", () => {
  const story = new Story("s" as SessionId);
  Bun.gc(true);
  const before = heapStats().heapSize + heapStats().extraMemorySize;
  for (let index = 100; index < 400; index++) story.tell(result(index), TURN);
  Bun.gc(true);
  const grown = heapStats().heapSize + heapStats().extraMemorySize - before;
  expect(grown).toBeLessThan(60 * SIZE);
  // What is kept is still told in full, what is not is known to be gone.
  expect([story.since(299)?.map(({ seq }) => seq), story.since(100)]).toEqual([[300], undefined]);
});
