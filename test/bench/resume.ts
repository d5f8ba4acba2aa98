/** A client that comes back: a thousand frames that it missed, from the request to the last of them. */
import type { ModelEvent } from "../../src/model/types.ts";
import { NativeClient, startSpecchat } from "../support/harness.ts";
import { scriptedModel, USAGE } from "../support/scripted-model.ts";
import { type Figure, fastest, ms } from "./figure.ts";

const FRAMES = 1000;
const ALLOWED_MS = 20;

export async function resume(): Promise<readonly Figure[]> {
  const deltas = Array.from({ length: FRAMES }, (): ModelEvent => ({ type: "text", text: "some words " }));
  const end: ModelEvent = { type: "end", stopReason: "end_turn", usage: USAGE };
  const specchat = await startSpecchat({ model: scriptedModel(() => [...deltas, end]) });
  const client = await NativeClient.connect(specchat.url);
  const { session_id } = await client.until("connection_established");
  await client.turn("hi");
  client.close();
  const clients = await Promise.all(Array.from({ length: 10 }, () => NativeClient.connect(specchat.url)));
  let next = 0;
  const took = await fastest(clients.length, async () => {
    const back = clients[next++];
    back?.send({ type: "resume", session_id, last_seq: 1 });
    await back?.until("ai_response");
  });
  for (const one of clients) one.close();
  await specchat.stop();
  return [
    {
      name: `resume with ${FRAMES} frames missed`,
      value: ms(took),
      ratio: { of: took / ALLOWED_MS, to: `${ALLOWED_MS} ms`, target: 1 },
    },
  ];
}
