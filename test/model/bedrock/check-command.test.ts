import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { type ScriptedResponse, type StandIn, startBedrock } from "../../bedrock/index.ts";
import { startApi } from "../../support/harness.ts";
import { SPECCHAT } from "../../support/specchat-command.ts";

const spec = `${import.meta.dir}/../../fixtures/things.yaml`;
let bedrock: StandIn;
let api: Awaited<ReturnType<typeof startApi>>;
let home: string;
beforeAll(async () => {
  [bedrock, api, home] = await Promise.all([
    startBedrock(),
    startApi(),
    mkdtemp(`${tmpdir()}/specchat-check-`),
  ]);
});
afterAll(async () => {
  await Promise.all([bedrock.stop(), api.stop(), rm(home, { recursive: true })]);
});

async function check(model: string): Promise<{ readonly code: number; readonly output: string }> {
  const argv = ["check", "--spec", spec, "--base-url", api.url, "--bedrock-endpoint", bedrock.url];
  const child = Bun.spawn([...SPECCHAT, ...argv, "--model", model, "--max-retries", "0"], {
    cwd: home,
    env: {
      HOME: home,
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_REGION: "eu-west-1",
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  return { code, output };
}

const HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0";
const failure = (status: number, type: string, message: string): ScriptedResponse => ({
  error: { status, type, message },
});

const PROBLEMS: readonly (readonly [string, string, ScriptedResponse, readonly RegExp[]])[] = [
  [
    "a model that needs a profile",
    HAIKU,
    { text: "ok" },
    [/inference profiles only\. In eu-west-1 use eu\./, /Warning.*inference profiles only/],
  ],
  [
    "a profile of another geography",
    `us.${HAIKU}`,
    failure(400, "ValidationException", "The provided model identifier is invalid."),
    [/unknown in eu-west-1: check its id/, /Warning.*another geography and unknown in eu-west-1/],
  ],
  [
    "missing access to the model",
    `eu.${HAIKU}`,
    failure(403, "AccessDeniedException", "You don't have access to the model with the specified model ID."),
    [/Enable access to the model in the Bedrock console/],
  ],
  [
    "a missing permission",
    `eu.${HAIKU}`,
    failure(
      403,
      "AccessDeniedException",
      "User: a is not authorized to perform: bedrock:InvokeModelWithResponseStream on resource: b",
    ),
    [/IAM identity lacks bedrock:InvokeModelWithResponseStream/],
  ],
  [
    "a retired model",
    "eu.anthropic.claude-3-7-sonnet-20250219-v1:0",
    failure(404, "ResourceNotFoundException", "This model version has reached the end of its life."),
    [/Set another model with --model/, /Warning.*end of its life/],
  ],
];

for (const [name, model, response, patterns] of PROBLEMS) {
  test(`specchat check reports ${name}`, async () => {
    bedrock.script(() => response);
    const { code, output } = await check(model);
    expect(code).toBe(1);
    for (const pattern of patterns) expect(output).toMatch(pattern);
  });
}

test("specchat check succeeds when the model replies", async () => {
  bedrock.script([{ text: "ok" }]);
  const { code, output } = await check(`eu.${HAIKU}`);
  expect([code, output.includes(`Model        eu.${HAIKU} responds`), output.includes("Warning")]).toEqual([
    0,
    true,
    false,
  ]);
});
