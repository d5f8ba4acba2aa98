import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { ConfigError } from "../../src/config/load.ts";
import { startBedrock } from "../bedrock/index.ts";
import { createPatientBedrock } from "../model/bedrock/front-door.ts";
import { NativeClient, startApi, startSpecchat } from "../support/harness.ts";

const spec = `${import.meta.dir}/../fixtures/things.yaml`;

/** Starts and stops a server with a cost limit, and returns its warnings or the problems that refused the start. */
async function startLimited(...argv: readonly string[]): Promise<readonly string[]> {
  const limit = argv.some((flag) => flag.endsWith("-limits")) ? [] : ["--max-turn-cost-usd", "0.01"];
  try {
    const specchat = await startSpecchat({ argv: [...limit, ...argv] });
    const { warnings } = specchat.app;
    await specchat.stop();
    return warnings;
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
}

test("a cost limit is refused at start for a model without a price, with what to set", async () => {
  const problem = (id: string) =>
    `maxTurnCostUsd: the price of ${id} is unknown, so the limit would have no effect. Pass --prices FILE with {"${id}": {"input": …, "output": …}}, in USD per million tokens.`;
  const profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl";
  expect(await startLimited("--model", "newvendor.model-1")).toEqual([problem("newvendor.model-1")]);
  expect(await startLimited("--model", "newvendor.model-1", "--key-limits", "9 USD/day")).toEqual([
    problem("newvendor.model-1").replace("maxTurnCostUsd", "keyLimits"),
  ]);
  expect(await startLimited("--fallback-model", profile, "--models", "other.model-2")).toEqual([
    problem("other.model-2"),
    problem(profile),
  ]);
});

test("a cost limit holds with a price file, and with the family of an application profile", async () => {
  const prices = `${tmpdir()}/specchat-prices-${process.pid}.json`;
  await Bun.write(prices, JSON.stringify({ "newvendor.model": { input: 1, output: 2 } }));
  const profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl";
  const warnings = [
    ...(await startLimited("--model", "newvendor.model-1", "--prices", prices)),
    ...(await startLimited("--model", profile, "--model-family", "anthropic.claude-haiku-5-5")),
    ...(await startLimited("--model", "us.anthropic.claude-haiku-5-5")),
  ];
  expect(warnings.filter((warning) => warning.startsWith("maxTurnCostUsd"))).toEqual([]);
  await rm(prices);
});

test("a model without a price costs as much as the dearest of its vendor, where the cost is limited", async () => {
  const model = "us.moonshotai.kimi-k4";
  const [bedrock, api] = await Promise.all([startBedrock({ strict: false }), startApi()]);
  const specchat = await startSpecchat({
    argv: ["--spec", spec, "--base-url", api.url, "--model", model, "--max-turn-cost-usd", "0.01"],
    model: createPatientBedrock(bedrock.url),
  });
  expect(specchat.app.warnings).toEqual([
    expect.stringContaining(`${model} is not a model that this version knows`),
    `maxTurnCostUsd: the price of ${model} is unknown. Its cost is estimated with the price of Kimi K3.1, the dearest model of its vendor. Set the price with --prices.`,
  ]);
  const usage = { inputTokens: 5000, outputTokens: 0, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };
  bedrock.script([
    { calls: [{ name: "getThing", input: { id: "1" } }], usage },
    { text: "One thing.", usage },
  ]);
  const client = await NativeClient.connect(specchat.url);
  expect((await client.runTurn("look")).at(-1)).toMatchObject({
    type: "ai_response",
    stop_reason: "tool_limit",
    session_cost_usd: null,
  });
  client.close();
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});
