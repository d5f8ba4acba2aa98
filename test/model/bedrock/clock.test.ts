/** A wrong clock: the service refuses the date of a signature, on every API. */
import { describe, expect, test } from "bun:test";
import { toAppError } from "../../../src/model/bedrock/errors.ts";
import { UpstreamError } from "../../../src/model/bedrock/upstream.ts";
import { collectOutcome, createTestBed, textOf } from "./setup.ts";

const APIS = [
  ["ConverseStream", "global.anthropic.claude-haiku-4-5-20251001-v1:0"],
  ["Converse", "mistral.mistral-large-2407-v1:0"],
  ["Responses", "us.openai.gpt-5.6-terra"],
  ["bedrock-mantle", "openai.gpt-5.5"],
] as const;
const FAILURE = "I'm having technical difficulties. Please try again later.";
const HOUR = 3_600_000;

describe.each(APIS)("%s", (_, id) => {
  for (const [skew, words] of [
    [3 * HOUR, "3 h 0 min slow"],
    [-26 * HOUR, "1 d 2 h 0 min fast"],
  ] as const)
    test(`a clock that is ${words} is named in the log, and the next attempt is signed with the service's.`, async () => {
      const { bedrock, model, warnings } = await createTestBed({}, { now: () => Date.now() + skew });
      bedrock.script(() => ({ text: "ok" }));
      const outcome = await collectOutcome(model, { model: id });
      expect([textOf(outcome), bedrock.requests.length]).toEqual(["ok", 2]);
      expect(warnings).toEqual([expect.stringContaining(`clock of this machine is wrong: it is ${words}`)]);
      expect(textOf(await collectOutcome(model, { model: id }))).toBe("ok");
      expect(bedrock.requests.length).toBe(3);
      model.close();
      await bedrock.stop();
    });

  test("a refused date that no correction repairs is model_unavailable, and health names the clock.", async () => {
    const { bedrock, model } = await createTestBed({ model: id, maxRetries: 1 });
    const message = "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z";
    bedrock.script(() => ({ error: { status: 403, type: "InvalidSignatureException", message } }));
    const { error } = await collectOutcome(model, { model: id });
    expect([error?.code, error?.message, error?.retryable, bedrock.requests.length]).toEqual([
      "model_unavailable",
      FAILURE,
      true,
      2,
    ]);
    expect(error?.detail).toContain("The clock of this machine is wrong");
    expect(await model.health()).toMatchObject({
      status: "unready",
      advice: expect.stringContaining("The clock of this machine is wrong"),
    });
    model.close();
    await bedrock.stop();
  });
});

test.each([
  ["InvalidSignatureException", "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z"],
  ["InvalidSignatureException", "Signature not yet current: 20260101T003000Z is still later than …"],
  ["InvalidSignature", "Signature has expired"],
  ["SignatureDoesNotMatch", "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z"],
  ["RequestTimeTooSkewed", "The difference between the request time and the current time is too large."],
  ["RequestExpired", "Request has expired."],
  ["RequestExpiredException", ""],
  ["RequestInTheFuture", ""],
])("%s %p is a wrong clock.", (type, message) => {
  const error = toAppError(new UpstreamError(type, message, { status: 403 }), { model: "m", region: "r" });
  expect([error?.code, error?.message, error?.retryable]).toEqual(["model_unavailable", FAILURE, true]);
  expect(error?.detail).toContain("The clock of this machine is wrong, so AWS refuses");
});

test("A signature that does not match for another reason is a failed sign-in.", () => {
  const message = "The request signature we calculated does not match the signature you provided.";
  for (const clockOffsetMs of [undefined, 2000, -60_000]) {
    const upstream = new UpstreamError("SignatureDoesNotMatch", message, { status: 403, clockOffsetMs });
    expect(toAppError(upstream, { model: "m", region: "r" })?.code).toBe("access_denied");
  }
  const skewed = new UpstreamError("SignatureDoesNotMatch", message, { clockOffsetMs: 400_000 });
  expect(toAppError(skewed, { model: "m", region: "r" })?.detail).toContain("it is 7 min slow");
});
