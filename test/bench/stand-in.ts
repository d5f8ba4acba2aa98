/**
 * A stand-in for Bedrock in its own process. It prints its URL and replies to every stream with twenty deltas, without
 * validation. A model named `deltas-N-W` replies with N deltas, W in each write, and `openai.gpt-deltas-N-W` does so over the
 * Responses API.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { eventFrame } from "../bedrock/frames.ts";
import { serializeEvent } from "../bedrock/responses/events.ts";

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

/** The same deltas over the Responses API. */
const createResponsesDelta = (index: number) =>
  Buffer.from(
    serializeEvent({
      type: "response.output_text.delta",
      item_id: "msg_0",
      output_index: 0,
      content_index: 0,
      delta: `word ${index % 1000} `,
      logprobs: [],
      obfuscation: "aB3dE5gH7j",
      sequence_number: index,
    }),
  );
const RESPONSES_END = serializeEvent({
  type: "response.completed",
  response: { status: "completed", usage: { input_tokens: 1, output_tokens: 20, total_tokens: 21 } },
});

/** Writes the deltas. Each write is sent before the next, as with a real model. */
async function writeDeltas(
  response: ServerResponse,
  count: number,
  perWrite: number,
  create: (index: number) => Uint8Array,
): Promise<void> {
  for (let sent = 0; sent < count && !response.destroyed; sent += perWrite) {
    const drained = response.write(
      Buffer.concat(Array.from({ length: perWrite }, (_, index) => create(sent + index))),
    );
    await new Promise((resolve) => (drained ? setImmediate(resolve) : response.once("drain", resolve)));
  }
}

/** Replies to a request of the Responses API. */
async function respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const [, deltas, perWrite] = /deltas-(\d+)-(\d+)/.exec(Buffer.concat(chunks).toString()) ?? [];
  response.writeHead(200, { "content-type": "text/event-stream" });
  await writeDeltas(response, Number(deltas), Number(perWrite), createResponsesDelta);
  response.end(RESPONSES_END);
}

const server = createServer(async (incoming, response) => {
  if (incoming.url === "/openai/v1/responses") return await respond(incoming, response);
  incoming.resume();
  const [, deltas, perWrite] = /^\/model\/deltas-(\d+)-(\d+)\//.exec(incoming.url ?? "") ?? [];
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  if (deltas === undefined) {
    incoming.on("end", () => response.end(reply));
    return;
  }
  await writeDeltas(response, Number(deltas), Number(perWrite), createDelta);
  response.end(END);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}\n`);
});
