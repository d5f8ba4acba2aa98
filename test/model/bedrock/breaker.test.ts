import { expect, test } from "bun:test";
import { AppError } from "../../../src/errors.ts";
import { CircuitBreaker } from "../../../src/model/bedrock/breaker.ts";
import type { EventBatch } from "../../../src/model/bedrock/types.ts";
import { THROTTLED } from "../../bedrock/index.ts";
import { collectOutcome, createTestBed, textOf } from "./setup.ts";

const busy = new AppError("throttled", "busy", { detail: "too many" });

function createBreaker() {
  let now = 0;
  const warnings: string[] = [];
  const io = { now: () => now, warn: (message: string) => warnings.push(message) };
  const breaker = new CircuitBreaker({ failures: 2, pauseMs: 1000 }, io);
  let calls = 0;
  /** Returns the code of the failure, or `ok`, and whether the model was called. */
  const call = async (model: string, error?: AppError) => {
    const before = calls;
    async function* reply(): AsyncGenerator<EventBatch> {
      calls += 1;
      if (error) throw error;
      yield [{ type: "text", text: "a" }];
    }
    try {
      for await (const batch of breaker.guard(model, reply)) expect(batch.length).toBe(1);
      return ["ok", calls > before];
    } catch (caught) {
      return [caught instanceof AppError ? caught.code : caught, calls > before];
    }
  };
  return { call, warnings, pass: (milliseconds: number) => (now += milliseconds) };
}

test("consecutive failures open the breaker of one model; after the pause one call decides whether it closes", async () => {
  const { call, warnings, pass } = createBreaker();
  expect(await call("m", busy)).toEqual(["throttled", true]);
  expect(await call("m", busy)).toEqual(["throttled", true]);
  expect(await call("m")).toEqual(["throttled", false]);
  expect(await call("other")).toEqual(["ok", true]);
  pass(1000);
  expect(await call("m", busy)).toEqual(["throttled", true]);
  expect(await call("m")).toEqual(["throttled", false]);
  pass(1000);
  expect(await call("m")).toEqual(["ok", true]);
  expect(await call("m")).toEqual(["ok", true]);
  expect(warnings).toEqual(["m failed 2 times in a row; no requests are sent to it for 1 s."]);
});

test("a success in between, or a refusal of the request, keeps the breaker closed", async () => {
  const { call } = createBreaker();
  const refused = new AppError("model_refused", "no");
  for (const error of [busy, undefined, busy, undefined, refused, refused, refused]) await call("m", error);
  expect(await call("m")).toEqual(["ok", true]);
});

test("while the breaker is open, the fallback replies at once", async () => {
  const fallback = "cohere.command-r-v1:0";
  const { bedrock, model, delays } = await createTestBed({
    fallbackModels: [fallback],
    maxRetries: 0,
    breaker: { failures: 1, pauseMs: 1000 },
  });
  bedrock.script([THROTTLED, { text: "one" }, { text: "two" }]);
  expect(textOf(await collectOutcome(model))).toBe("one");
  expect(textOf(await collectOutcome(model))).toBe("two");
  expect([bedrock.requests.length, delays]).toEqual([3, []]);
  model.close();
  await bedrock.stop();
});
