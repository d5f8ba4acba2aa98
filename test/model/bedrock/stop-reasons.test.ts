import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ServerFrame } from "../../../src/protocols/native/types.ts";
import { type Reply, type StandIn, startBedrock } from "../../bedrock/index.ts";
import { NativeClient, type Specchat, startSpecchat } from "../../support/harness.ts";
import { createPatientBedrock } from "./front-door.ts";

let bedrock: StandIn;
let specchat: Specchat;
beforeAll(async () => {
  bedrock = await startBedrock();
  specchat = await startSpecchat({ model: createPatientBedrock(bedrock.url) });
});
afterAll(async () => {
  await specchat.stop();
  await bedrock.stop();
});

async function chat(): Promise<NativeClient> {
  const client = await NativeClient.connect(specchat.url);
  await client.waitFor("connection_established");
  return client;
}

const summarize = (frames: readonly ServerFrame[]) =>
  frames.flatMap((frame) => {
    if (frame.type === "ai_response") return [`${frame.stop_reason}: ${frame.message}`];
    if (frame.type === "notice" || frame.type === "error") return [frame.code];
    return [];
  });

const ENDS: readonly [name: string, reply: Reply, expected: readonly string[]][] = [
  ["end_turn", { text: "All." }, ["end_turn: All."]],
  ["max_tokens", { text: "Only a pa", stopReason: "max_tokens" }, ["max_tokens: Only a pa"]],
  ["stop_sequence", { text: "Up to here", stopReason: "stop_sequence" }, ["stop_sequence: Up to here"]],
  [
    "guardrail_intervened",
    { text: "I may not say that.", stopReason: "guardrail_intervened" },
    ["guardrail: I may not say that."],
  ],
  ["content_filtered", { text: "So", stopReason: "content_filtered" }, ["content_filtered: So"]],
  [
    "model_context_window_exceeded",
    { text: "A long st", stopReason: "model_context_window_exceeded" },
    ["context_exceeded: A long st"],
  ],
];

for (const [reason, reply, expected] of ENDS) {
  test(`a reply that ends with ${reason} reports its stop reason, and the next turn succeeds`, async () => {
    const client = await chat();
    bedrock.script([reply, { text: "Next." }]);
    expect(summarize(await client.runTurn("hi"))).toEqual([...expected]);
    expect(summarize(await client.runTurn("go on"))).toEqual(["end_turn: Next."]);
    expect(bedrock.requests.at(-1)?.refusal).toBeUndefined();
    client.close();
  });
}

const tooLong = {
  error: { status: 400, type: "ValidationException", message: "Input is too long for requested model." },
};

for (const [name, response] of [
  ["refused as too long", tooLong],
  [
    "ended by the context window before its first word",
    { blocks: [], stopReason: "model_context_window_exceeded" },
  ],
] as const) {
  test(`a conversation that is ${name} continues with half of its history`, async () => {
    const client = await chat();
    bedrock.script([{ text: "One." }, { text: "Two." }, response, { text: "Three." }]);
    await client.runTurn("first ".repeat(60));
    await client.runTurn("second ".repeat(30));
    const mark = bedrock.requests.length;
    expect(summarize(await client.runTurn("third"))).toEqual(["history_trimmed", "end_turn: Three."]);
    const sizes = bedrock.requests.slice(mark).map(({ body }) => (body.messages as unknown[]).length);
    expect(sizes).toEqual([5, 3]);
    client.close();
  });
}

test("a conversation that stays too long fails with context_exceeded", async () => {
  const client = await chat();
  bedrock.script([{ text: "One." }, tooLong, tooLong, { text: "Two." }]);
  await client.runTurn("first");
  expect(summarize(await client.runTurn("second"))).toEqual(["history_trimmed", "context_exceeded"]);
  expect(summarize(await client.runTurn("third"))).toEqual(["end_turn: Two."]);
  client.close();
});
