/** Sends attacks. As a thread, it sends those whose index it receives. */
import type { Headers } from "../support/attackers.ts";
import { ATTACKS, type Attack, COMPLETIONS } from "./attack-inputs.ts";

declare const self: Worker;

if (!Bun.isMainThread)
  self.onmessage = async ({ data: [origin, index] }: MessageEvent<readonly [string, number]>) => {
    const attack = ATTACKS[index];
    if (attack) await sendAttack(origin, attack, attack.body(), {});
    self.postMessage("done");
  };

/** Returns requests with a message of so many characters for a model that does not exist. */
export function createRefusedRequests(characters: number, times: number): Attack {
  const messages = [{ role: "user", content: "a".repeat(characters) }];
  const body = () => JSON.stringify({ model: "none", messages });
  return { name: "a refused request", path: COMPLETIONS, times, body };
}

/** Resolves at the answer. */
export async function sendAttack(
  origin: string,
  { path, times = 1 }: Attack,
  body: string,
  credentials: Headers,
): Promise<void> {
  for (let count = 0; count < times; count++) {
    if (path.includes("ws")) {
      await sendFrame(`${origin.replace("http", "ws")}${path}`, body, credentials);
      continue;
    }
    const accept = "application/json, text/event-stream";
    const headers = { "Content-Type": "application/json", Accept: accept, ...credentials };
    const response = await fetch(`${origin}${path}`, { method: "POST", body, headers });
    await response.text();
  }
}

/** Resolves at the answer, or when the server closes the socket. */
async function sendFrame(url: string, frame: string, headers: Headers): Promise<void> {
  // Bun's WebSocket takes headers, which the DOM type lacks.
  const socket = new WebSocket(url, { headers } as never);
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.onopen = () => socket.send(frame);
  socket.onmessage = ({ data }) => {
    if (/error/.test(String(data))) resolve();
  };
  socket.onclose = () => resolve();
  await promise;
  socket.close();
}
