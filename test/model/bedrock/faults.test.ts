import { describe, expect, test } from "bun:test";
import type { ErrorCode } from "../../../src/errors.ts";
import type { Reply, ScriptedResponse } from "../../bedrock/index.ts";
import { ACCESS_DENIED, THROTTLED } from "../../bedrock/index.ts";
import { CLAUDE, collectOutcome, createTestBed, textOf, useSharedTestBed } from "./setup.ts";

const shared = useSharedTestBed();

function failure(status: number, type: string, message: string): ScriptedResponse {
  return { error: { status, type, message } };
}

const http: readonly [
  status: number,
  type: string,
  message: string,
  code: ErrorCode,
  retried: boolean,
  advice?: RegExp,
][] = [
  [
    403,
    "AccessDeniedException",
    "You don't have access to the model with the specified model ID.",
    "access_denied",
    false,
    /Model access/,
  ],
  [
    403,
    "AccessDeniedException",
    "User: x is not authorized to perform: bedrock:InvokeModelWithResponseStream on resource: y",
    "access_denied",
    false,
    /IAM/,
  ],
  [
    403,
    "AccessDeniedException",
    "Authentication failed: Please make sure your API Key is valid.",
    "access_denied",
    false,
    /AWS_BEARER_TOKEN_BEDROCK/,
  ],
  [
    403,
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    "access_denied",
    false,
    /access key/,
  ],
  [
    403,
    "ExpiredTokenException",
    "The security token included in the request is expired",
    "access_denied",
    false,
    /expired/,
  ],
  [403, "InvalidSignatureException", "Signature not yet current", "model_unavailable", true, /clock/],
  [
    400,
    "ValidationException",
    "The provided model identifier is invalid.",
    "model_unavailable",
    false,
    /unknown in us-east-1/,
  ],
  [
    400,
    "ValidationException",
    "Invocation of model ID x with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
    "model_unavailable",
    false,
    /inference profile/,
  ],
  [400, "ValidationException", "Input is too long for requested model.", "context_exceeded", false],
  [
    400,
    "ValidationException",
    "The model returned the following errors: prompt is too long: 210000 tokens > 200000 maximum",
    "context_exceeded",
    false,
  ],
  [
    400,
    "ValidationException",
    "The model returned the following errors: input length and `max_tokens` exceed context limit: 1 + 2 > 3, decrease input length or `max_tokens` and try again",
    "context_exceeded",
    false,
  ],
  [
    400,
    "ValidationException",
    "This model's maximum context length is 8192 tokens. Please reduce the length of the prompt",
    "context_exceeded",
    false,
  ],
  [400, "ValidationException", "A new rule that nobody has heard of.", "model_refused", false],
  [
    404,
    "ResourceNotFoundException",
    "This model version has reached the end of its life.",
    "model_unavailable",
    false,
    /--model/,
  ],
  [
    404,
    "ResourceNotFoundException",
    "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the last 30 days.",
    "model_unavailable",
    false,
    /end of its life/,
  ],
  [
    404,
    "ResourceNotFoundException",
    "Model use case details have not been submitted for this account.",
    "access_denied",
    false,
    /use case/,
  ],
  [
    404,
    "ResourceNotFoundException",
    "Could not resolve the guardrail.",
    "model_unavailable",
    false,
    /does not exist/,
  ],
  [429, "ThrottlingException", "Too many requests, please wait before trying again.", "throttled", true],
  [429, "ThrottlingException", "Too many tokens, please wait before trying again.", "throttled", true],
  [
    429,
    "ThrottlingException",
    "Too many tokens per day, please wait before trying again.",
    "throttled",
    false,
    /Service Quotas/,
  ],
  [429, "ModelNotReadyException", "Model is not ready for inference.", "throttled", true],
  [
    400,
    "ServiceQuotaExceededException",
    "Your request exceeds the service quota for your account.",
    "throttled",
    true,
  ],
  [408, "ModelTimeoutException", "Model timed out.", "model_timeout", true],
  [424, "ModelErrorException", "The model failed.", "model_unavailable", true],
  [500, "InternalServerException", "The system encountered an unexpected error.", "model_unavailable", true],
  [
    503,
    "ServiceUnavailableException",
    "Bedrock is unable to process your request.",
    "model_unavailable",
    true,
  ],
  [502, "BadGateway", "", "model_unavailable", true],
];

describe("an HTTP error", () => {
  for (const [status, type, message, code, retried, advice] of http) {
    test(`${status} ${type} "${message.slice(0, 60)}" becomes ${code}${retried ? ", after retries" : ""}`, async () => {
      const { bedrock, model, delays } = shared();
      bedrock.script(() => failure(status, type, message));
      const { events, error } = await collectOutcome(model);
      expect({ code: error?.code, waits: [...delays] }).toEqual({
        code,
        waits: retried ? [500, 1000, 2000] : [],
      });
      expect(events.map((event) => event.type)).toEqual(retried ? ["notice", "notice", "notice"] : []);
      expect(error?.detail).toContain(CLAUDE);
      if (advice) expect(error?.detail).toMatch(advice);
    });
  }
});

const exceptions: readonly [string, ErrorCode][] = [
  ["internalServerException", "model_unavailable"],
  ["modelStreamErrorException", "stream_interrupted"],
  ["throttlingException", "throttled"],
  ["serviceUnavailableException", "model_unavailable"],
  ["validationException", "model_refused"],
  ["modelTimeoutException", "model_timeout"],
];
/** When the fault occurs, the events sent before it, and the text emitted by then. */
const moments: readonly [string, number | "deltas", string][] = [
  ["instead of the first event", 0, ""],
  ["before the first delta", 1, ""],
  ["after the first delta", 2, "a"],
  ["after the last delta", "deltas", "ab"],
];
const next: ScriptedResponse = { text: "retried" };

/** How requests are sent; with a proxy for another protocol as the transport of the SDK does. */
const TRANSPORTS = {
  fetch: {},
  "the transport of the SDK": { proxyEnvironment: { HTTPS_PROXY: "http://127.0.0.1:1" } },
};

describe.each(Object.entries(TRANSPORTS))(
  "an interrupted stream of %s is retried only before its first output:",
  (_, options) => {
    const sharedOfTransport = useSharedTestBed(options);
    const faults: readonly (readonly [string, NonNullable<Reply["fault"]>["kind"], ErrorCode])[] = [
      ...exceptions.map(
        ([exception, code]) => [exception, { exception, message: "Something happened." }, code] as const,
      ),
      ["reset", "reset", "stream_interrupted"],
      ["clean early end", "clean_end", "stream_interrupted"],
      ["half a frame", "half_frame", "stream_interrupted"],
      ["bad checksum", "bad_crc", "stream_interrupted"],
    ];
    for (const [name, kind, code] of faults) {
      for (const [moment, after, output] of moments) {
        test(`${name} ${moment}`, async () => {
          const { bedrock, model, delays } = sharedOfTransport();
          bedrock.script([{ text: ["a", "b"], fault: { after, kind } }, next]);
          const outcome = await collectOutcome(model);
          const retried = output === "" && code !== "model_refused";
          expect({ text: textOf(outcome), code: outcome.error?.code, waits: delays.length }).toEqual(
            retried ? { text: "retried", code: undefined, waits: 1 } : { text: output, code, waits: 0 },
          );
          bedrock.script([next]);
          expect(textOf(await collectOutcome(model))).toBe("retried");
        });
      }
    }
  },
);

test("an error page of a proxy is classified by its status", async () => {
  const { bedrock, model, delays } = shared();
  const body = "<html>Bad gateway</html>";
  bedrock.script([
    { error: { status: 200, type: "", message: "", body } },
    { error: { status: 502, type: "", message: "", body } },
    { error: { status: 403, type: "", message: "", body } },
  ]);
  expect((await collectOutcome(model)).error?.code).toBe("access_denied");
  expect(delays).toEqual([500, 1000]);
  bedrock.script([{ error: { status: 200, type: "", message: "", body } }, next]);
  expect(textOf(await collectOutcome(model, { model: "mistral.mistral-large-2407-v1:0" }))).toBe("retried");
});

test("an interrupted non-streaming response is retried", async () => {
  const { bedrock, model, delays } = shared();
  bedrock.script([{ text: "lost", fault: { after: 0, kind: "reset" } }, next]);
  expect(textOf(await collectOutcome(model, { model: "mistral.mistral-large-2407-v1:0" }))).toBe("retried");
  expect(delays).toEqual([500]);
});

test("silence before or during a response ends in model_timeout and closes the connection", async () => {
  const { bedrock, model } = await createTestBed({ idleTimeoutMs: 2000, maxRetries: 0 });
  bedrock.script([{ hang: true }, { text: ["a", "b"], fault: { after: 2, kind: "silence" } }]);
  const first = await collectOutcome(model);
  expect([first.error?.code, textOf(first)]).toEqual(["model_timeout", ""]);
  const second = await collectOutcome(model);
  expect([second.error?.code, textOf(second)]).toEqual(["model_timeout", "a"]);
  expect(await Promise.all(bedrock.requests.map(({ outcome }) => outcome))).toEqual([
    "disconnected",
    "disconnected",
  ]);
  model.close();
  await bedrock.stop();
});

test("an unreachable server is model_unavailable, with advice", async () => {
  const { model, bedrock } = await createTestBed({ endpoint: "http://127.0.0.1:1", maxRetries: 1 });
  const { error, events } = await collectOutcome(model);
  expect([error?.code, events.length]).toEqual(["model_unavailable", 1]);
  expect(error?.detail).toContain("could not be reached");
  model.close();
  await bedrock.stop();
});

test("a throttled call succeeds after two retries, each with a notice", async () => {
  const { bedrock, model, delays } = shared();
  bedrock.script([THROTTLED, THROTTLED, { text: "ok", usage: { inputTokens: 1 } }]);
  const { events } = await collectOutcome(model);
  expect(events.slice(0, 3)).toEqual([
    { type: "notice", code: "retrying", message: "The model is busy; trying again in 0.5 s (1 of 3)." },
    { type: "notice", code: "retrying", message: "The model is busy; trying again in 1.0 s (2 of 3)." },
    { type: "text", text: "ok" },
  ]);
  expect(delays).toEqual([500, 1000]);
});

test("Retry-After may be a date, relative to the server's clock", async () => {
  const { bedrock, model, delays } = shared();
  const now = Date.now();
  const headers = {
    date: new Date(now).toUTCString(),
    "retry-after": new Date(now + 9000).toUTCString(),
  };
  bedrock.script([{ error: { status: 429, type: "ThrottlingException", message: "", headers } }, next]);
  expect(textOf(await collectOutcome(model))).toBe("retried");
  expect(delays).toEqual([9000]);
});

test("Retry-After is respected, and access_denied is never retried", async () => {
  const { bedrock, model, delays } = shared();
  bedrock.script([
    { error: { status: 429, type: "ThrottlingException", message: "", headers: { "retry-after": "7" } } },
    ACCESS_DENIED,
  ]);
  expect((await collectOutcome(model)).error?.code).toBe("access_denied");
  expect(delays).toEqual([7000]);
});

test("an abort before the call, while waiting, or while reading closes the connection and throws cancelled", async () => {
  const { bedrock, model } = await createTestBed();
  const aborted = await collectOutcome(model, {}, AbortSignal.abort());
  expect([aborted.error?.code, bedrock.requests.length]).toEqual(["cancelled", 0]);

  const waiting = new AbortController();
  bedrock.script(() => {
    waiting.abort();
    return { hang: true };
  });
  expect((await collectOutcome(model, {}, waiting.signal)).error?.code).toBe("cancelled");
  expect(await bedrock.requests.at(-1)?.outcome).toBe("disconnected");

  const reading = new AbortController();
  bedrock.script([{ text: ["a", "b"], fault: { after: 2, kind: "silence" } }]);
  const events: string[] = [];
  const stream = model.stream(
    { model: CLAUDE, system: "", messages: [], tools: [], maxTokens: 10 },
    reading.signal,
  );
  const read = async () => {
    for await (const event of stream) {
      events.push(event.type);
      reading.abort();
    }
  };
  await expect(read()).rejects.toMatchObject({ code: "cancelled" });
  expect(events).toEqual(["text"]);
  expect(await bedrock.requests.at(-1)?.outcome).toBe("disconnected");
  model.close();
  await bedrock.stop();
});

test("leaving the loop early closes the connection", async () => {
  const { bedrock, model } = await createTestBed();
  bedrock.script([{ text: ["a", "b"], fault: { after: 2, kind: "silence" } }]);
  const request = { model: CLAUDE, system: "", messages: [], tools: [], maxTokens: 10 };
  for await (const event of model.stream(request, new AbortController().signal)) {
    expect(event).toEqual({ type: "text", text: "a" });
    break;
  }
  expect(await bedrock.requests.at(-1)?.outcome).toBe("disconnected");
  model.close();
  await bedrock.stop();
});
