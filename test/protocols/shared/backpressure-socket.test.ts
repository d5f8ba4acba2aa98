import { expect, test } from "bun:test";
import { BackpressureSocket } from "../../../src/protocols/shared/backpressure-socket.ts";

/** A socket whose reader takes nothing until it is told to. */
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

/** Whether it has resolved by now. */
const isOver = (work: Promise<void>) => Promise.race([work.then(() => true), Bun.sleep(0).then(() => false)]);

test("a frame is sent at once; what follows it waits for room", async () => {
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

test("whoever asks on and on without reading is closed", async () => {
  const { paced, sent, closed, socket } = slow();
  socket.behind = 16_000_001;
  await paced.send({ a: 1 });
  expect([sent, closed]).toEqual([[], [4008]]);
});

test("nobody waits for a socket that is gone", async () => {
  const { paced, sent, socket } = slow();
  socket.behind = 100_000;
  const waiting = paced.send({ a: 1 });
  paced.onClose();
  expect(await isOver(waiting)).toBe(true);
  await paced.send({ a: 2 });
  expect(sent).toEqual(['{"a":1}']);
});
