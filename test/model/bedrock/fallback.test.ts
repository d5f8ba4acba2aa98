import { expect, test } from "bun:test";
import type { ModelLimits } from "../../../src/model/types.ts";
import { ACCESS_DENIED, THROTTLED } from "../../bedrock/index.ts";
import {
  CLAUDE,
  collectOutcome,
  createTestBed,
  createUserMessage,
  textOf,
  useSharedTestBed,
} from "./setup.ts";

const NOVA = "us.amazon.nova-pro-v1:0";
const COMMAND = "cohere.command-r-v1:0";
const shared = useSharedTestBed({ fallbackModels: [NOVA, COMMAND], maxRetries: 1 });
const usage = { inputTokens: 1, outputTokens: 1 };

test("once retries are used up, the next model replies, with a notice", async () => {
  const { bedrock, model } = shared();
  bedrock.script((request) => (request.modelId === CLAUDE ? THROTTLED : { text: "ok", usage }));
  const { events } = await collectOutcome(model);
  expect(events).toEqual([
    { type: "notice", code: "retrying", message: "The model is busy; trying again in 0.5 s (1 of 1)." },
    {
      type: "notice",
      code: "fallback_model",
      message: `${CLAUDE} is not available; using ${NOVA} instead.`,
    },
    { type: "text", text: "ok" },
    {
      type: "end",
      stopReason: "end_turn",
      usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: expect.any(Number) },
      model: NOVA,
    },
  ]);
});

test("models without access or at the end of their life are skipped", async () => {
  const { bedrock, model } = shared();
  const gone = {
    status: 404,
    type: "ResourceNotFoundException",
    message: "This model version has reached the end of its life.",
  };
  bedrock.script([ACCESS_DENIED, { error: gone }, { text: "ok" }]);
  expect(textOf(await collectOutcome(model))).toBe("ok");
  expect(bedrock.requests.slice(-3).map(({ modelId }) => modelId)).toEqual([CLAUDE, NOVA, COMMAND]);
});

test("the error of the last model is thrown", async () => {
  const { bedrock, model } = shared();
  bedrock.script(() => ACCESS_DENIED);
  expect((await collectOutcome(model)).error?.code).toBe("access_denied");
});

test("failures that another model would share, or after output, do not fall back", async () => {
  const { bedrock, model } = shared();
  const before = bedrock.requests.length;
  bedrock.script([
    {
      error: { status: 400, type: "ValidationException", message: "Input is too long for requested model." },
    },
  ]);
  expect((await collectOutcome(model)).error?.code).toBe("context_exceeded");
  bedrock.script([
    {
      error: {
        status: 403,
        type: "ExpiredTokenException",
        message: "The security token included in the request is expired",
      },
    },
  ]);
  expect((await collectOutcome(model)).error?.code).toBe("access_denied");
  bedrock.script([{ text: ["a", "b"], fault: { after: 2, kind: "reset" } }]);
  const interrupted = await collectOutcome(model);
  expect([textOf(interrupted), interrupted.error?.code]).toEqual(["a", "stream_interrupted"]);
  expect(bedrock.requests.length - before).toBe(3);
});

test("a fallback with a smaller context receives trimmed messages, or is skipped when they do not fit", async () => {
  const small = "meta.llama3-8b-instruct-v1:0";
  const smaller = "amazon.titan-text-lite-v1";
  const { bedrock, model } = await createTestBed({ fallbackModels: [smaller, small], maxRetries: 0 });
  bedrock.script([THROTTLED, { text: "ok" }]);
  const contexts: number[] = [];
  const refit = ({ contextTokens }: ModelLimits) => {
    contexts.push(contextTokens);
    return contextTokens < 5000 ? undefined : [createUserMessage("short")];
  };
  const outcome = await collectOutcome(model, {
    messages: [createUserMessage("long ".repeat(20_000))],
    tools: [],
    refit,
  });
  expect(textOf(outcome)).toBe("ok");
  expect(bedrock.requests.map(({ modelId }) => modelId)).toEqual([CLAUDE, small]);
  expect(JSON.stringify(bedrock.requests[1]?.body)).toContain("short");
  expect(new Set(contexts)).toEqual(new Set([4096, 8192]));
  model.close();
  await bedrock.stop();
});
