/** What `--debug-mode` logs of a turn. */
import { expect, test } from "bun:test";
import { type Frame, NativeClient, startSpecchat } from "../support/harness.ts";

test("Each event of a turn is a line: its start, the request for approval, and the model's replies with their calls.", async () => {
  const server = await startSpecchat({ argv: ["--debug-mode", "--log-level", "debug"], useDemoModel: true });
  server.app.log.setLevel("debug");
  const client = await NativeClient.connect(server.url);
  client.send({ type: "hello", capabilities: ["approval"] });
  client.send({ message: "delete product 1" });
  const { approval_id }: Frame<"approval_request"> = await client.waitFor("approval_request");
  client.send({ type: "approve", approval_id, approved: false });
  await client.waitFor("ai_response", "error");
  const events = server.log.flatMap((line) => {
    const [, event] =
      / DEBUG (turn started|approval requested|model request|model reply|tool call|tool result) /.exec(
        line,
      ) ?? [undefined, undefined];
    return event === undefined ? [] : [event];
  });
  expect(events).toEqual([
    "turn started",
    "model request",
    "model reply",
    "tool call",
    "approval requested",
    "tool result",
    "model request",
    "model reply",
  ]);
  expect(server.log.find((line) => line.includes("approval requested"))).toContain(approval_id);
  client.close();
  await server.stop();
});
