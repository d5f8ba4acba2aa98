/** Bedrock for the bench, in a process of its own: answers every stream with twenty deltas, unchecked. Prints its address. */
import { createServer } from "node:http";
import { eventFrame } from "../bedrock/frames.ts";

const answer = Buffer.concat([
  eventFrame("messageStart", { role: "assistant" }),
  ...Array.from({ length: 20 }, (_, index) =>
    eventFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: `word ${index} ` } }),
  ),
  eventFrame("contentBlockStop", { contentBlockIndex: 0 }),
  eventFrame("messageStop", { stopReason: "end_turn" }),
  eventFrame("metadata", {
    usage: { inputTokens: 1, outputTokens: 20, totalTokens: 21 },
    metrics: { latencyMs: 1 },
  }),
]);

let connections = 0;
const server = createServer((incoming, response) => {
  incoming.resume();
  if (incoming.url === "/connections") {
    response.end(String(connections));
    return;
  }
  incoming.on("end", () => {
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
    response.end(answer);
  });
});
server.on("connection", () => {
  connections += 1;
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}\n`);
});
