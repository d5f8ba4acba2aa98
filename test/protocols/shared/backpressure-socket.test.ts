import { expect, test } from "bun:test";
import { BackpressureSocket } from "../../../src/protocols/shared/backpressure-socket.ts";

/** A socket whose client reads nothing until the test says so. */
function slow() {
  const sent: string[] = [];
  const closed: number[] = [];
  const socket = { behind: 0 };
  const paced = new BackpressureSocket({
    send: (text) => void sent.push(text),
    ping() {},
    close: (code) => void closed.push(code),
    bufferedBytes: () => socket.behind,
  });
  return { paced, sent, closed, socket };
}

/** Returns whether a promise has resolved. */
const isOver = (work: Promise<void>) => Promise.race([work.then(() => true), Bun.sleep(0).then(() => false)]);

test("A frame is sent at once; the next one waits until the socket is writable.", async () => {
  const { paced, sent, socket } = slow();
  expect(await isOver(paced.send({ a: 1 }))).toBe(true);
  socket.behind = 100_000;
  const second = paced.send({ id: 9_007_199_254_740_993n });
  expect([sent, await isOver(second), paced.isFull]).toEqual([
    ['{"a":1}', '{"id":9007199254740993}'],
    false,
    true,
  ]);
  paced.onDrain();
  expect(await isOver(second)).toBe(false);
  socket.behind = 0;
  paced.onDrain();
  expect(await isOver(second)).toBe(true);
});

test("A client that sends on without reading is closed.", async () => {
  const { paced, sent, closed, socket } = slow();
  socket.behind = 16_000_001;
  await paced.send({ a: 1 });
  expect([sent, closed]).toEqual([[], [4008]]);
});

test("No sender waits for a closed socket.", async () => {
  const { paced, sent, socket } = slow();
  socket.behind = 100_000;
  const waiting = paced.send({ a: 1 });
  paced.onClose();
  expect(await isOver(waiting)).toBe(true);
  await paced.send({ a: 2 });
  expect(sent).toEqual(['{"a":1}']);
});
