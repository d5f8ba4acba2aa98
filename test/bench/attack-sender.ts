/** A thread that sends attacks. The thread that measures pings has no part in that work. */
import { ATTACKS, type Attack, COMPLETIONS } from "./attack-inputs.ts";

/** What the thread receives. It posts an empty message when the answer is here. */
export interface SendOrder {
  readonly origin: string;
  /** An index of `ATTACKS`, or the characters of a message for a model that does not exist. */
  readonly attack: number | { readonly refused: number; readonly times: number };
}

declare const self: Worker;

let latest: { readonly key: string; readonly attack: Attack; readonly body: string } | undefined;

self.onmessage = async ({ data: { origin, attack: order } }: MessageEvent<SendOrder>) => {
  const key = JSON.stringify(order);
  if (latest?.key !== key) {
    const attack = findAttack(order);
    latest = { key, attack, body: attack.body() };
  }
  await send(origin, latest.attack, latest.body);
  self.postMessage(undefined);
};

function findAttack(order: SendOrder["attack"]): Attack {
  if (typeof order === "number") {
    const attack = ATTACKS[order];
    if (!attack) throw new RangeError(`There is no attack ${order}.`);
    return attack;
  }
  const messages = [{ role: "user", content: "a".repeat(order.refused) }];
  const body = () => JSON.stringify({ model: "none", messages });
  return { name: "a refused request", path: COMPLETIONS, times: order.times, body };
}

async function send(origin: string, { path, times = 1 }: Attack, body: string): Promise<void> {
  for (let count = 0; count < times; count++) {
    if (path.includes("ws")) {
      await sendFrame(`${origin.replace("http", "ws")}${path}`, body);
      continue;
    }
    const headers = { "Content-Type": "application/json", Accept: "application/json, text/event-stream" };
    const response = await fetch(`${origin}${path}`, { method: "POST", body, headers });
    await response.text();
  }
}

/** Resolves at the answer, or when the server closes the socket. */
async function sendFrame(url: string, frame: string): Promise<void> {
  const socket = new WebSocket(url);
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.onopen = () => socket.send(frame);
  socket.onmessage = ({ data }) => {
    if (/error/.test(String(data))) resolve();
  };
  socket.onclose = () => resolve();
  await promise;
  socket.close();
}
