/** The load process: connects clients to a server and runs turns, by the orders of its parent. */
import { ChatSocket } from "./chat-socket.ts";
import { Recorder } from "./recorder.ts";
import type { Order } from "./types.ts";

/** Connections that are opened at the same time. */
const CONNECTING = 128;
const MESSAGE = "Which of the things is the newest one?";
const recorder = new Recorder();
let sockets: readonly ChatSocket[] = [];

/** Runs the task for each item, some at the same time. */
async function runAll<T, R>(
  items: readonly T[],
  atOnce: number,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const run = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await task(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, run));
  return results;
}

/** Starts turns at their times, however long those before them take. */
async function runAtRate(perSecond: number, seconds: number): Promise<void> {
  const begin = performance.now();
  const running: Promise<void>[] = [];
  let next = 0;
  for (let started = 0; started < perSecond * seconds; started++) {
    const due = begin + (started * 1000) / perSecond;
    if (due > performance.now()) await Bun.sleep(due - performance.now());
    for (let tried = 0; tried < sockets.length && !sockets[next]?.isIdle; tried++)
      next = (next + 1) % sockets.length;
    const socket = sockets[next];
    next = (next + 1) % sockets.length;
    if (!socket?.isIdle)
      throw new Error("every session runs a turn: the server does not keep up with the rate");
    running.push(socket.runTurn(MESSAGE));
  }
  await Promise.all(running);
}

async function run(order: Order): Promise<void> {
  switch (order.order) {
    case "connect":
      sockets = await runAll(Array.from({ length: order.sockets }), CONNECTING, () =>
        ChatSocket.connect(order, recorder),
      );
      return;
    case "turns":
      await runAll(sockets, order.atOnce ?? sockets.length, async (socket) => {
        for (let turn = 0; turn < order.each; turn++) await socket.runTurn(MESSAGE);
      });
      return;
    case "rate":
      return await runAtRate(order.perSecond, order.seconds);
    case "disconnect":
      for (const socket of sockets) socket.close();
      sockets = [];
  }
}

process.on("message", async (order: Order) => {
  recorder.reset();
  try {
    await run(order);
    process.send?.({ report: recorder.report() });
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
