/** U+0085, U+2028 and U+2029 in texts, at which some clients end a line, over every HTTP stream. */
import { afterEach, expect, test } from "bun:test";
import { type Servers, startServers } from "../clients/servers.ts";
import { MODEL } from "../support/harness.ts";

let servers: Servers;

afterEach(async () => await servers.stop());

const TEXT = "one\u2028two\u2029three\u0085four";
const messages = [{ role: "user", content: "Hi" }];

test.each([
  ["/v1/chat/completions", { model: MODEL, stream: true, messages }],
  ["/v1/responses", { model: MODEL, stream: true, input: "Hi" }],
  ["/bedrock-chat/ag-ui", { threadId: "t", runId: "r", messages }],
  [
    "/bedrock-chat/ai",
    { id: "c1", messages: [{ id: "m1", role: "user", parts: [{ type: "text", text: "Hi" }] }] },
  ],
  ["/api/v1/chat/stream", { message: "Hi" }],
  ["/api/agent/stream", { input_text: "Hi", agent_id: "specchat" }],
])("%s escapes them.", async (path, body) => {
  servers = await startServers();
  servers.bedrock.script([{ text: TEXT }]);
  const response = await fetch(`${servers.specchat.url}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  expect(text).not.toMatch(/[\u0085\u2028\u2029]/);
  expect(text).toContain("one\\u2028two\\u2029three\\u0085four");
});
