import { expect, test } from "bun:test";
import { AppError } from "../../../src/errors.ts";
import { toAppError } from "../../../src/model/bedrock/errors.ts";
import { HealthMonitor } from "../../../src/model/bedrock/health.ts";
import { UpstreamError } from "../../../src/model/bedrock/upstream.ts";
import { ACCESS_DENIED } from "../../bedrock/index.ts";
import { collectOutcome, createTestBed } from "./setup.ts";

const context = { model: "m", region: "us-east-1" };
const never = () => new Promise<never>(() => {});

function createMonitor(identify: () => Promise<void>, sleep: () => Promise<void> = never) {
  let now = 0;
  const health = new HealthMonitor(() => identify().then(() => undefined), context, {
    now: () => now,
    sleep,
  });
  return { health, pass: (milliseconds: number) => (now += milliseconds) };
}

test("the credentials are checked at most once in ten seconds", async () => {
  let checks = 0;
  const { health, pass } = createMonitor(async () => {
    checks += 1;
  });
  expect(await health.check()).toEqual({ status: "ready" });
  pass(9_999);
  await health.check();
  expect(checks).toBe(1);
  pass(1);
  await health.check();
  expect(checks).toBe(2);
});

test("missing credentials are reported with advice", async () => {
  const { health } = createMonitor(async () => {
    throw Object.assign(new Error("Could not load credentials from any providers"), {
      name: "CredentialsProviderError",
    });
  });
  expect(await health.check()).toEqual({
    status: "unready",
    problem: "CredentialsError: Could not load credentials from any providers",
    advice:
      "Provide AWS credentials: `aws sso login`, AWS_PROFILE, AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, AWS_BEARER_TOKEN_BEDROCK, or a role of the machine.",
  });
});

test("a credential chain that hangs is reported after the timeout", async () => {
  const { health } = createMonitor(never, async () => {});
  expect(await health.check()).toMatchObject({
    status: "unready",
    problem: "AWS credentials could not be read within 3 s.",
  });
});

test("the last failure is reported until a call succeeds or a minute has passed", async () => {
  const { health, pass } = createMonitor(async () => {});
  health.recordFailure(new AppError("access_denied", "no", { detail: "AccessDeniedException: no" }));
  expect(await health.check()).toMatchObject({ status: "unready", problem: "AccessDeniedException: no" });
  health.recordSuccess();
  expect(await health.check()).toEqual({ status: "ready" });
  health.recordFailure(new AppError("access_denied", "no"));
  pass(60_000);
  expect(await health.check()).toEqual({ status: "ready" });
});

test("throttling does not make the model unready", async () => {
  const { health } = createMonitor(async () => {});
  health.recordFailure(new AppError("throttled", "busy"));
  expect(await health.check()).toEqual({ status: "ready" });
});

test("a denied call makes the model unready, and a health check sends nothing to Bedrock", async () => {
  const { bedrock, model } = await createTestBed();
  bedrock.script([ACCESS_DENIED, { text: "ok" }]);
  await collectOutcome(model);
  expect(await model.health()).toMatchObject({
    status: "unready",
    advice: expect.stringContaining("Model access"),
  });
  await collectOutcome(model);
  expect(bedrock.requests.length).toBe(2);
  model.close();
  await bedrock.stop();
});

test("failures of Bedrock do not make the model unready; a failed connection does", async () => {
  const { health } = createMonitor(async () => {});
  const fail = (type: string, message: string) => {
    const failure = toAppError(new UpstreamError(type, message), context);
    if (failure) health.recordFailure(failure);
  };
  fail("InternalServerException", "The system encountered an error.");
  fail("ServiceUnavailableException", "Bedrock is unable to process your request.");
  expect(await health.check()).toEqual({ status: "ready" });
  fail("ConnectionError", "ENOTFOUND: bedrock-runtime.eu-nowhere-1.amazonaws.com");
  expect(await health.check()).toMatchObject({
    status: "unready",
    advice: expect.stringContaining("check the region"),
  });
});
