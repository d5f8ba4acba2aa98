import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { commands } from "../../../src/commands/index.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { type StandIn, startBedrock } from "../../bedrock/index.ts";
import { startApi, testPorts } from "../../support/harness.ts";
import { createPatientBedrock } from "./front-door.ts";
import { MANTLE_IDS, MODEL_IDS } from "./ids.ts";

const spec = `${import.meta.dir}/../../fixtures/things.yaml`;
const NOW = new Date("2026-11-29T12:00:00Z");
let bedrock: StandIn;
let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
});
afterAll(async () => {
  await Promise.all([bedrock.stop(), api.stop()]);
});

/** Runs `specchat check` in this process, and returns its exit code and the lines about the model. */
async function checkModel(id: string, region: string, ...flags: readonly string[]) {
  const argv = [
    "--spec",
    spec,
    "--base-url",
    api.url,
    "--model",
    id,
    "--region",
    region,
    "--max-tokens",
    "1000",
    ...flags,
  ];
  const loaded = loadConfig({ argv, environment: {}, readFile: () => undefined });
  const texts: string[] = [];
  const terminal = { out: (text: string) => void texts.push(text), err: () => {}, flush: async () => {} };
  const model = createPatientBedrock(bedrock.url, { model: id, region });
  const code = await commands.check.run({
    loaded,
    terminal,
    ports: { ...testPorts(), model, now: () => NOW },
    useDemoModel: false,
    onReload: () => {},
    stop: new AbortController().signal,
  });
  model.close();
  const lines = texts
    .join("")
    .split("\n")
    .filter((line) => /^(Model|Warning) /.test(line));
  return { code, lines: lines.map((line) => line.replace(/^(\w+) +/, "$1: ")) };
}

/** The region of a profile's geography. */
const REGIONS: Readonly<Record<string, string>> = {
  eu: "eu-west-1",
  jp: "ap-northeast-1",
  apac: "ap-southeast-1",
  in: "ap-south-1",
};

function regionOf(id: string): string {
  return REGIONS[id.slice(0, id.indexOf("."))] ?? "us-east-1";
}

/** The beginning of a bare id, and the warning about the model's life on 29 November 2026. */
const LIVES: readonly (readonly [RegExp, RegExp])[] = [
  [
    /claude-3-(haiku|sonnet|opus|5|7)/,
    /reached the end of its life \(2026-09\).* Use us\.anthropic\.claude-\w+-5-5\.$/,
  ],
  [/claude-sonnet-4-2025/, /reached the end of its life \(2026-10-14\)/],
  [/claude-opus-4-2025/, /reached the end of its life \(2026-05-31\)/],
  [/claude-opus-4-1/, /\) reaches the end of its life on 2027-01-08\./],
  [
    /claude-sonnet-4-5/,
    /is legacy since 2026-10-08, new customers cannot use it, and it reaches .* on 2027-04-08\./,
  ],
  [/nova-premier/, /reached the end of its life \(2026-09-14\).* Use us\.amazon\.nova-2-lite-v1:0\.$/],
  [/llama3-(2|1-405b)/, /reached the end of its life \(2026-07-07\)/],
  [/command-r/, /reached the end of its life \(2026-08-19\)/],
  [/jamba-1-5/, /reached the end of its life \(2026-11-26\)/],
  [/titan-text|j2-|jamba-instruct/, /reached the end of its life \(2026\)/],
];

function maxTokensOf(body: unknown): number {
  const { inferenceConfig, max_output_tokens } = body as {
    inferenceConfig?: { maxTokens: number };
    max_output_tokens?: number;
  };
  return inferenceConfig?.maxTokens ?? max_output_tokens ?? Number.POSITIVE_INFINITY;
}

describe("specchat check asks for the fewest tokens that the model accepts, and says how long it lives:", () => {
  for (const id of [...MODEL_IDS, ...MANTLE_IDS])
    test(id, async () => {
      bedrock.script([{ text: "Hi" }]);
      const before = bedrock.requests.length;
      const { code, lines } = await checkModel(id, regionOf(id));
      const life = LIVES.find(([pattern]) => pattern.test(id))?.[1];
      expect([code, lines]).toEqual([
        0,
        [`Model: ${id} responds`, ...(life === undefined ? [] : [expect.stringMatching(life)])],
      ]);
      const sent = bedrock.requests.slice(before);
      expect(sent.map(({ refusal }) => refusal)).toEqual([undefined]);
      expect(maxTokensOf(sent[0]?.body)).toBeLessThanOrEqual(16);
    });
});

test("specchat check reports an id of an unknown vendor, its resemblance, and Bedrock's refusal", async () => {
  const { code, lines } = await checkModel("xaj.grok-4.6", "us-east-1");
  expect([code, lines]).toEqual([
    1,
    [
      expect.stringMatching(
        /^Model: .*xaj\.grok-4\.6 is unknown in us-east-1: check its id and its region\./,
      ),
      "Warning: xaj.grok-4.6 belongs to a family that this version does not know; a known id begins with xai.grok-4.6. specchat assumes a model with few features (no cache points, no files, unknown cost) and learns from refusals.",
    ],
  ]);
});

test("specchat check names the settings that the model does not take", async () => {
  bedrock.script([{ text: "Hi" }]);
  const id = "global.anthropic.claude-haiku-5-5";
  const flags = [
    "--temperature",
    "0.2",
    "--service-tier",
    "flex",
    "--cache-ttl",
    "1h",
    "--stop-sequences",
    "END",
  ];
  const { code, lines } = await checkModel(id, "us-east-1", ...flags);
  expect([code, lines]).toEqual([
    0,
    [
      `Model: ${id} responds`,
      `Warning: temperature: ${id} (Claude Haiku 5.5) does not take it; it is not sent.`,
      `Warning: serviceTier: ${id} (Claude Haiku 5.5) does not take it; it is not sent.`,
    ],
  ]);
});

test("specchat check says why a model of the Messages API alone cannot be used", async () => {
  const text =
    "anthropic.claude-mythos-5 (Claude Mythos 5) is served by the Messages API of bedrock-mantle alone, which specchat does not support. Use another model.";
  const before = bedrock.requests.length;
  const { code, lines } = await checkModel("anthropic.claude-mythos-5", "us-east-1");
  expect([code, lines, bedrock.requests.length - before]).toEqual([
    1,
    [`Model: ${text} Set it with --model or BEDROCK_MODEL_ID.`, `Warning: ${text}`],
    0,
  ]);
});
