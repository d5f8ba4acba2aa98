import { expect, test } from "bun:test";
import fc from "fast-check";
import { FairQueue, type QueueTicket } from "../../../src/model/bedrock/fair-queue.ts";

function joinAll(queue: FairQueue, callers: readonly string[]): QueueTicket[] {
  return callers.flatMap((caller) => queue.join(caller) ?? []);
}

test("callers take turns: a caller with many calls does not delay others", () => {
  const queue = new FairQueue(() => 1, 10);
  const tickets = joinAll(queue, ["a", "a", "a", "a", "b", "c", "b"]);
  expect(tickets.map(({ position }) => position)).toEqual([0, 1, 4, 6, 2, 3, 5]);
  tickets[0]?.release();
  expect(tickets.slice(1).map(({ position }) => position)).toEqual([0, 3, 5, 1, 2, 4]);
});

test("leaving the queue moves the others up and resolves `whenMoved()`", async () => {
  const queue = new FairQueue(() => 1, 10);
  const [, second, third] = joinAll(queue, ["a", "b", "c"]);
  const moved = third?.whenMoved();
  second?.release();
  await moved;
  expect([third?.position, queue.running, queue.waiting]).toEqual([1, 1, 1]);
});

test("a full queue rejects calls, and a queue of size 0 admits calls up to its capacity", () => {
  const queue = new FairQueue(() => 1, 1);
  expect(joinAll(queue, ["a", "b", "c"]).length).toBe(2);
  const none = new FairQueue(() => 2, 0);
  expect(joinAll(none, ["a", "a", "a"]).length).toBe(2);
});

test("calls wait until the running ones have dropped below a reduced capacity", () => {
  let capacity = 3;
  const queue = new FairQueue(() => capacity, 10);
  const tickets = joinAll(queue, ["a", "b", "c", "d"]);
  capacity = 1;
  tickets[0]?.release();
  tickets[1]?.release();
  expect(tickets[3]?.position).toBe(1);
  tickets[2]?.release();
  expect(tickets[3]?.position).toBe(0);
});

test("positions are the order of admission, and the running calls never exceed the capacity", () => {
  const callers = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 40 });
  fc.assert(
    fc.property(callers, fc.integer({ min: 1, max: 5 }), (names, capacity) => {
      const queue = new FairQueue(() => capacity, 100);
      let open = joinAll(queue, names);
      expect(queue.running).toBe(Math.min(capacity, names.length));
      while (open.length > 0) {
        const waiting = open.filter(({ position }) => position > 0);
        expect(waiting.map(({ position }) => position).sort((a, b) => a - b)).toEqual(
          waiting.map((_, index) => index + 1),
        );
        const next = waiting.find(({ position }) => position === 1);
        const running = open.find(({ position }) => position === 0);
        running?.release();
        open = open.filter((ticket) => ticket !== running);
        expect(next?.position ?? 0).toBe(0);
      }
      expect([queue.running, queue.waiting]).toEqual([0, 0]);
    }),
  );
});
