/** The load process: connects clients to a server and runs turns, by the orders of its parent. */
import { readClock } from "../harness/clock.ts";
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

/** Starts turns at their times, however long those before them take. A turn that waits for a session has begun. */
async function runAtRate(perSecond: number, seconds: number): Promise<void> {
  const idle = [...sockets];
  const waiting: (() => void)[] = [];
  const begin = readClock();
  await Promise.all(
    Array.from({ length: perSecond * seconds }, async (_, index) => {
      const due = begin + (index * 1000) / perSecond;
      await Bun.sleep(Math.max(0, due - readClock()));
      while (idle.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      const socket = idle.shift();
      if (!socket) return;
      await socket.runTurn(MESSAGE, due);
      idle.push(socket);
      waiting.shift()?.();
    }),
  );
}

async function run(order: Order): Promise<void> {
  switch (order.order) {
    case "connect":
      sockets = await runAll(Array.from({ length: order.sockets }), CONNECTING, () =>
        ChatSocket.connect(order, recorder),
      );
      return;
    case "turns": {
      const { each, only = sockets.length, atOnce = only, message = MESSAGE } = order;
      await runAll(sockets.slice(0, only), atOnce, async (socket) => {
        for (let turn = 0; turn < each; turn++) await socket.runTurn(message);
      });
      return;
    }
    case "resume": {
      const [first, ...others] = sockets;
      await Promise.all(others.map((socket) => socket.resume(first?.session ?? "")));
      return;
    }
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
