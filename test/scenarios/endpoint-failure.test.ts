/** The text of an operation's failure, and the content that `--debug-mode` logs. */
import { afterEach, expect, test } from "bun:test";
import { createLog } from "../../src/telemetry/log.ts";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";

let specchat: Specchat;
let api: RecordingApi;
afterEach(async () => {
  await specchat.stop();
  await api.stop();
});

/** Runs a turn with one call. Returns the result that the model read, and the log at debug level. */
async function runCall(status: number, argv: readonly string[]) {
  api = await startApi(() => Response.json({ secret: "none" }, { status }));
  const model = createScriptedModel([replyWithCalls(["c1", "listThings", {}]), replyWithText("Aye.")]);
  const lines: string[] = [];
  const log = createLog({ level: "debug", now: () => new Date(0), write: (line) => lines.push(line) });
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, ...argv],
    model,
    ports: { log },
  });
  const client = await NativeClient.connect(specchat.url);
  await client.runTurn("Count the things");
  client.close();
  const message = model.requests[1]?.messages.at(-1);
  const result = message?.role === "results" ? (message.results[0]?.content ?? "") : "";
  return { result, log: lines.join("") };
}

const TEXT = ["--endpoint-text", "I couldn't access the {endpoint} endpoint."];

test("--endpoint-text is what the person reads when an operation fails with a 5xx status.", async () => {
  const { result } = await runCall(503, TEXT);
  expect(result).toStartWith(
    "Tell the person: I couldn't access the GET /things endpoint.\n\nHTTP 503 Service Unavailable",
  );
});

test("A client error is not an unavailable operation.", async () => {
  expect((await runCall(404, TEXT)).result).toStartWith("HTTP 404");
});

test("Without --endpoint-text the result is the response.", async () => {
  expect((await runCall(503, [])).result).toStartWith("HTTP 503");
});

test("--debug-mode logs the events of a turn, model requests and replies.", async () => {
  const { log } = await runCall(200, ["--debug-mode", "--api-header", "Authorization: Bearer s3cret"]);
  for (const words of [
    "DEBUG turn started",
    "DEBUG model request",
    "Count the things",
    "DEBUG tool call",
    "DEBUG tool result",
    "model reply",
  ])
    expect(log).toContain(words);
  expect(log).not.toContain("s3cret");
});

test("Without --debug-mode, a log at debug level has no content.", async () => {
  const { log } = await runCall(200, []);
  expect(log).not.toContain("Count the things");
});
