import { afterAll, beforeAll, expect, test } from "bun:test";
import { createBedrock } from "../../../src/model/bedrock/index.ts";
import { ACCOUNT, type IdentityStandIn, startIdentityStandIn } from "../../bedrock/identity.ts";
import { type StandIn, startBedrock } from "../../bedrock/index.ts";
import { startSpecchat } from "../../support/harness.ts";
import { CLAUDE } from "./setup.ts";

let sts: IdentityStandIn;
let bedrock: StandIn;
beforeAll(async () => {
  sts = startIdentityStandIn();
  bedrock = await startBedrock();
});
afterAll(async () => {
  await Promise.all([sts.stop(), bedrock.stop()]);
});

/** Creates a model with its own clock. */
function modelAt(behavior: IdentityStandIn["behavior"], hasSts = true) {
  sts.behavior = behavior;
  let now = 0;
  const model = createBedrock(
    {
      model: CLAUDE,
      region: "us-east-1",
      endpoint: bedrock.url,
      stsEndpoint: hasSts ? sts.url : undefined,
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
      maxRetries: 0,
      retryDelayMs: 1,
      connectTimeoutMs: 2000,
      idleTimeoutMs: 60_000,
    },
    { now: () => now, random: Math.random, sleep: (ms) => Bun.sleep(ms), warn: () => {} },
  );
  return { model, pass: (milliseconds: number) => (now += milliseconds) };
}

test("the health check reports the account, which is looked up once in five minutes", async () => {
  const { model, pass } = modelAt("known");
  const before = sts.count;
  expect(await model.health()).toEqual({ status: "ready", account: ACCOUNT });
  pass(20_000);
  expect(await model.health()).toEqual({ status: "ready", account: ACCOUNT });
  expect(sts.count - before).toBe(1);
  pass(300_000);
  await model.health();
  expect(sts.count - before).toBe(2);
  model.close();
});

test("a wrong clock makes the model unready, until the next check is signed with the clock of STS", async () => {
  const { model, pass } = modelAt("ahead");
  expect(await model.health()).toEqual({
    status: "unready",
    problem:
      "SignatureDoesNotMatch: Signature expired: 20260101T000000Z is now earlier than 20260101T025500Z",
    advice:
      "The clock of this machine is wrong: it is 3 h 0 min slow, so AWS refuses the date of its signatures: set it, or start a time service (NTP).",
  });
  pass(10_000);
  expect(await model.health()).toEqual({ status: "ready", account: ACCOUNT });
  model.close();
});

test("unknown credentials make the model unready until they are fixed", async () => {
  const { model, pass } = modelAt("unknown");
  expect(await model.health()).toMatchObject({
    status: "unready",
    problem: expect.stringContaining("InvalidClientTokenId"),
    advice: "The AWS access key is not valid (or a session token is missing).",
  });
  sts.behavior = "known";
  pass(10_000);
  expect(await model.health()).toEqual({ status: "ready", account: ACCOUNT });
  model.close();
});

for (const behavior of ["denied", "silent"] as const) {
  test(`an STS that is ${behavior} does not block the health check and is not asked again at once`, async () => {
    const { model, pass } = modelAt(behavior);
    const before = sts.count;
    expect(await model.health()).toEqual({ status: "ready" });
    pass(20_000);
    expect(await model.health()).toEqual({ status: "ready" });
    expect(sts.count - before).toBe(1);
    model.close();
  });
}

test("with a custom Bedrock endpoint, STS is not asked for the account", async () => {
  const { model } = modelAt("known", false);
  const before = sts.count;
  expect(await model.health()).toEqual({ status: "ready" });
  expect(sts.count).toBe(before);
  model.close();
});

test("bedrock-agent A16: /health names the account, or responds 503 with the problem", async () => {
  for (const [behavior, status, details] of [
    ["known", 200, { bedrock_client: "initialized", aws_region: "us-east-1", aws_account: ACCOUNT }],
    ["unknown", 503, { credential_error: expect.stringContaining("InvalidClientTokenId") }],
  ] as const) {
    const specchat = await startSpecchat({ argv: ["--health-details"], model: modelAt(behavior).model });
    const response = await fetch(`${specchat.url}/health`);
    expect([response.status, await response.json()]).toEqual([
      status,
      expect.objectContaining({ details: expect.objectContaining(details) }),
    ]);
    await specchat.stop();
  }
});
