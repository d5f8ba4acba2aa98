/**
 * A stand-in for Bedrock in its own process. It prints its URL and replies to every stream with twenty deltas, without
 * validation. A model named `deltas-N-W` replies with N deltas, W in each write. After `/hold/N` it holds requests until
 * there are N, then replies to all at the same time.
 */
import { createServer, type ServerResponse } from "node:http";
import { eventFrame } from "../bedrock/frames.ts";

const createDelta = (index: number) =>
  eventFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: `word ${index % 1000} ` } });
const END = Buffer.concat([
  eventFrame("contentBlockStop", { contentBlockIndex: 0 }),
  eventFrame("messageStop", { stopReason: "end_turn" }),
  eventFrame("metadata", {
    usage: { inputTokens: 1, outputTokens: 20, totalTokens: 21 },
    metrics: { latencyMs: 1 },
  }),
]);
const reply = Buffer.concat([
  eventFrame("messageStart", { role: "assistant" }),
  ...Array.from({ length: 20 }, (_, index) => createDelta(index)),
  END,
]);

/** Writes the deltas. Each write is sent before the next, as with a real model. */
async function writeDeltas(response: ServerResponse, count: number, perWrite: number): Promise<void> {
  for (let sent = 0; sent < count && !response.destroyed; sent += perWrite) {
    const drained = response.write(
      Buffer.concat(Array.from({ length: perWrite }, (_, index) => createDelta(sent + index))),
    );
    await new Promise((resolve) => (drained ? setImmediate(resolve) : response.once("drain", resolve)));
  }
}

let batchSize = 1;
let heldResponses: ServerResponse[] = [];
/** The connections of model calls. */
const seenSockets = new Set<unknown>();

const server = createServer(async (incoming, response) => {
  incoming.resume();
  const [, deltas, perWrite] = /^\/model\/deltas-(\d+)-(\d+)\//.exec(incoming.url ?? "") ?? [];
  const [, hold] = /^\/hold\/(\d+)$/.exec(incoming.url ?? "") ?? [];
  if (hold !== undefined) {
    batchSize = Number(hold);
    response.end();
  } else if (incoming.url === "/connections") {
    response.end(String(seenSockets.size));
  } else if (deltas !== undefined) {
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
    await writeDeltas(response, Number(deltas), Number(perWrite));
    response.end(END);
  } else {
    seenSockets.add(incoming.socket);
    incoming.on("end", () => {
      heldResponses.push(response);
      if (heldResponses.length < batchSize) return;
      for (const waiting of heldResponses) {
        waiting.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
        waiting.end(reply);
      }
      heldResponses = [];
    });
  }
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}\n`);
});
