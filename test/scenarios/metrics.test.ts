import { afterAll, beforeAll, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { createPatientBedrock, runAskCommand } from "../model/bedrock/front-door.ts";
import { MODEL, NativeClient, type RecordingApi, startApi, startSpecchat } from "../support/harness.ts";
import { createScriptedModel } from "../support/scripted-model.ts";

let bedrock: StandIn;
let api: RecordingApi;
beforeAll(async () => {
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
});
afterAll(async () => {
  await Promise.all([bedrock.stop(), api.stop()]);
});

/** Returns specchat's samples by name and labels, without the buckets of histograms. */
async function readMetrics(url: string): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
  const samples = [...(await response.text()).matchAll(/^(bedrock\S*(?:\{.*\})?) (\S+)$/gm)];
  return Object.fromEntries(
    samples.flatMap(([, name = "", value]) => (name.includes("_bucket") ? [] : [[name, Number(value)]])),
  );
}

test("turns, calls, tokens and costs are counted, and the reply and the log have the costs", async () => {
  const specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL],
    model: createPatientBedrock(bedrock.url),
  });
  const usage = { inputTokens: 1000, outputTokens: 100, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };
  bedrock.script([
    {
      calls: [
        { name: "getThing", input: { id: "5" } },
        { name: "getThing", input: { id: "404" } },
        { name: "no_such_tool", input: {} },
      ],
      usage,
    },
    { text: "Done.", usage },
    { text: "Again.", usage },
    { error: { status: 400, type: "ValidationException", message: "A rule that nobody knows." } },
  ]);
  const client = await NativeClient.connect(specchat.url);
  const replies = [];
  for (const message of ["one", "two", "three"]) replies.push((await client.runTurn(message)).at(-1));
  const callCost = (1000 * 3 + 100 * 15) / 1e6;
  expect(replies).toMatchObject([
    { cost_usd: 2 * callCost, session_cost_usd: 2 * callCost },
    { cost_usd: callCost, session_cost_usd: expect.closeTo(3 * callCost, 9) },
    { type: "error" },
  ]);
  expect(specchat.log.find((line) => line.includes("turn answered"))).toMatch(
    new RegExp(
      ` costUsd=${2 * callCost} sessionCostUsd=${2 * callCost} callerCostTodayUsd=${2 * callCost} costTodayUsd=${2 * callCost} `,
    ),
  );
  const { bedrock_chat_response_seconds_sum: seconds, ...counted } = await readMetrics(specchat.url);
  expect(seconds).toBeGreaterThan(0);
  expect(counted).toEqual({
    'bedrock_chat_requests_total{outcome="answered",reason="end_turn"}': 2,
    'bedrock_chat_requests_total{outcome="failed",reason="model_refused"}': 1,
    bedrock_chat_response_seconds_count: 3,
    'bedrock_tool_calls_total{endpoint="GET /things/{id}",status="ok"}': 1,
    'bedrock_tool_calls_total{endpoint="GET /things/{id}",status="failed"}': 1,
    'bedrock_tool_calls_total{endpoint="unknown",status="failed"}': 1,
    [`bedrock_chat_tokens_total{model="${MODEL}",kind="input"}`]: 3000,
    [`bedrock_chat_tokens_total{model="${MODEL}",kind="output"}`]: 300,
    [`bedrock_chat_tokens_total{model="${MODEL}",kind="cache_read"}`]: 0,
    [`bedrock_chat_tokens_total{model="${MODEL}",kind="cache_write"}`]: 0,
    [`bedrock_chat_cost_usd_total{model="${MODEL}"}`]: expect.closeTo(3 * callCost, 9),
  });
  client.close();
  await specchat.stop();
});

test("a model of unknown price has a null cost in the reply and the log, and its tokens are counted separately", async () => {
  const specchat = await startSpecchat({
    model: createScriptedModel([
      [
        { type: "notice", code: "retrying", message: "Again." },
        { type: "text", text: "Hi" },
        {
          type: "end",
          stopReason: "end_turn",
          model: "x.unknown",
          usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 },
        },
      ],
    ]),
  });
  const client = await NativeClient.connect(specchat.url);
  expect((await client.runTurn("hi")).at(-1)).toMatchObject({ cost_usd: null, session_cost_usd: null });
  expect(specchat.log.find((line) => line.includes("turn answered"))).toContain(
    " costUsd=null sessionCostUsd=null ",
  );
  expect(await readMetrics(specchat.url)).toMatchObject({
    'bedrock_chat_unpriced_tokens_total{model="x.unknown"}': 10,
    'bedrock_chat_notices_total{code="retrying"}': 1,
  });
  client.close();
  await specchat.stop();
});

test("metrics are protected like every route", async () => {
  const specchat = await startSpecchat({ useDemoModel: true });
  const status = async (headers: Record<string, string>) =>
    (await fetch(`${specchat.url}/metrics`, { headers })).status;
  expect([
    await status({}),
    await status({ Host: "evil.example" }),
    await status({ Origin: "http://evil.example" }),
  ]).toEqual([200, 403, 403]);
  await specchat.stop();
});

test("a price file is used instead of the built-in prices", async () => {
  const file = `${tmpdir()}/specchat-own-prices-${process.pid}.json`;
  await Bun.write(file, '{"anthropic.claude": {"input": 1000000, "output": 0, "cacheWrite": 0}}');
  bedrock.script([{ text: "Hi.", usage: { inputTokens: 7, cacheReadInputTokens: 0 } }]);
  const argv = ["--bedrock-endpoint", bedrock.url, "--prices", file, "--log-level", "info"];
  expect((await runAskCommand(argv)).stderr).toContain(" costUsd=7 ");
  await rm(file);
}, 30_000);
