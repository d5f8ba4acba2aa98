/** Resumes a session: the time from the request to the last of a thousand missed frames. */
import type { ModelEvent } from "../../src/model/types.ts";
import { NativeClient, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, USAGE } from "../support/scripted-model.ts";
import { formatMs, type Measurement, measureFastest } from "./measurement.ts";

const FRAMES = 1000;
const MAX_MS = 20;

export async function resume(): Promise<readonly Measurement[]> {
  const deltas = Array.from({ length: FRAMES }, (): ModelEvent => ({ type: "text", text: "some words " }));
  const end: ModelEvent = { type: "end", stopReason: "end_turn", usage: USAGE };
  const specchat = await startSpecchat({ model: createScriptedModel(() => [...deltas, end]) });
  const client = await NativeClient.connect(specchat.url);
  const { session_id } = await client.waitFor("connection_established");
  await client.runTurn("hi");
  client.close();
  const clients = await Promise.all(Array.from({ length: 10 }, () => NativeClient.connect(specchat.url)));
  let next = 0;
  const elapsed = await measureFastest(clients.length, async () => {
    const resumed = clients[next++];
    resumed?.send({ type: "resume", session_id, last_seq: 1 });
    await resumed?.waitFor("ai_response");
  });
  for (const one of clients) one.close();
  await specchat.stop();
  return [
    {
      name: `resume with ${FRAMES} missed frames`,
      value: formatMs(elapsed),
      ratio: { of: elapsed / MAX_MS, to: `${MAX_MS} ms`, target: 1 },
    },
  ];
}
