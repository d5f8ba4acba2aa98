import { describe, expect, test } from "bun:test";
import type { InlineFile } from "../../../src/chat/attachments/types.ts";
import type { Message } from "../../../src/chat/types.ts";
import { createPdf, createPng } from "../../files/samples.ts";
import { CLAUDE, collectOutcome, createTestBed, createUserMessage, textOf } from "./setup.ts";

const model = "zai.glm-5";

/** Name, model, error message, and how the next request differs, for models that support less than the table says. */
const cases: readonly [
  string,
  string,
  string,
  (body: Record<string, unknown>, streaming: boolean) => unknown,
  unknown,
][] = [
  [
    "streaming with tools",
    "qwen.qwen3-32b-v1:0",
    "This model doesn't support tool use in streaming mode.",
    (_, streaming) => streaming,
    false,
  ],
  [
    "system prompts",
    model,
    "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
    (body) => body.system,
    undefined,
  ],
  [
    "temperature with top_p",
    "us.anthropic.claude-sonnet-4-20250514-v1:0",
    "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.",
    (body) => body.inferenceConfig,
    { maxTokens: 1000, temperature: 0.5 },
  ],
  [
    "sampling parameters",
    CLAUDE,
    "The model returned the following errors: `temperature` is deprecated for this model.",
    (body) => body.inferenceConfig,
    { maxTokens: 1000 },
  ],
  [
    "the requested number of tokens",
    model,
    "The maximum tokens you requested exceeds the model limit of 500. Try again with a maximum tokens value that is lower than 500.",
    (body) => body.inferenceConfig,
    { maxTokens: 500, temperature: 0.5, topP: 0.9 },
  ],
];

describe("a model that does not support", () => {
  for (const [what, id, message, select, expected] of cases) {
    test(`${what} is called again at once without it, and in every later request`, async () => {
      const { bedrock, model: bedrockModel, delays, warnings } = await createTestBed({}, { strict: false });
      bedrock.script([
        { error: { status: 400, type: "ValidationException", message } },
        { text: "one" },
        { text: "two" },
      ]);
      const request = { model: id, temperature: 0.5, topP: 0.9 };
      expect(textOf(await collectOutcome(bedrockModel, request))).toBe("one");
      expect(textOf(await collectOutcome(bedrockModel, request))).toBe("two");
      expect(bedrock.requests.slice(1).map(({ body, streaming }) => select(body, streaming))).toEqual([
        expected,
        expected,
      ]);
      expect([delays.length, warnings.length]).toEqual([0, 1]);
      bedrockModel.close();
      await bedrock.stop();
    });
  }
});

test("refused cache points and stop sequences are omitted from then on", async () => {
  const { bedrock, model: bedrockModel } = await createTestBed({ stopSequences: ["END"] }, { strict: false });
  bedrock.script([
    {
      error: {
        status: 403,
        type: "AccessDeniedException",
        message:
          "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.",
      },
    },
    {
      error: {
        status: 400,
        type: "ValidationException",
        message: "This model doesn't support the stopSequences field. Remove stopSequences and try again.",
      },
    },
    { text: "ok" },
  ]);
  expect(textOf(await collectOutcome(bedrockModel))).toBe("ok");
  expect(
    bedrock.requests.map(({ body }) => [
      JSON.stringify(body).includes("cachePoint"),
      JSON.stringify(body).includes("END"),
    ]),
  ).toEqual([
    [true, true],
    [false, true],
    [false, false],
  ]);
  bedrockModel.close();
  await bedrock.stop();
});

test("refused images and documents are omitted from then on, with one warning each", async () => {
  const { bedrock, model: bedrockModel, warnings } = await createTestBed({}, { strict: false });
  const refuse = (message: string) => ({ error: { status: 400, type: "ValidationException", message } });
  bedrock.script([
    refuse("This model doesn't support the image field for user messages. Remove image and try again."),
    refuse("This model doesn't support documents."),
    { text: "one" },
    { text: "two" },
  ]);
  const files: readonly InlineFile[] = [
    {
      name: "a.png",
      contents: { kind: "image", format: "png", width: 9, height: 9 },
      bytes: createPng(9, 9),
    },
    { name: "b.pdf", contents: { kind: "document", format: "pdf" }, bytes: createPdf() },
  ];
  const messages = [{ ...createUserMessage("hi"), files } as Message];
  expect(textOf(await collectOutcome(bedrockModel, { messages }))).toBe("one");
  expect(textOf(await collectOutcome(bedrockModel, { messages }))).toBe("two");
  const kinds = bedrock.requests.map(({ body }) => JSON.stringify(body).match(/"(image|document)"/g));
  expect(kinds).toEqual([['"image"', '"document"'], ['"document"'], null, null]);
  expect(warnings).toEqual([
    `${CLAUDE} does not support images; only their names are sent.`,
    `${CLAUDE} does not support documents; only their names are sent.`,
  ]);
  bedrockModel.close();
  await bedrock.stop();
});

test("a refusal of files fails when the request cannot be sent without them", async () => {
  const { bedrock, model: bedrockModel } = await createTestBed({}, { strict: false });
  const message = "The model returned the following errors: Could not process image";
  bedrock.script(() => ({ error: { status: 400, type: "ValidationException", message } }));
  const contents = { kind: "image", format: "png", width: 9, height: 9 } as const;
  const withFile = {
    ...createUserMessage("hi"),
    files: [{ name: "a.png", contents, bytes: createPng(9, 9) }],
  } as Message;
  expect((await collectOutcome(bedrockModel, { messages: [withFile] })).error?.code).toBe("model_refused");
  expect(bedrock.requests.length).toBe(1);
  bedrockModel.close();
  await bedrock.stop();
});

test("a refusal that the changed request meets again is thrown", async () => {
  const { bedrock, model: bedrockModel } = await createTestBed({}, { strict: false });
  const message = "This model doesn't support tool use in streaming mode.";
  bedrock.script(() => ({ error: { status: 400, type: "ValidationException", message } }));
  expect((await collectOutcome(bedrockModel)).error?.code).toBe("model_refused");
  expect(bedrock.requests.length).toBe(2);
  bedrockModel.close();
  await bedrock.stop();
});

test("a refusal in the first event of the stream is learned as well", async () => {
  const { bedrock, model: bedrockModel, warnings } = await createTestBed({}, { strict: false });
  const message = "This model doesn't support tool use in streaming mode.";
  bedrock.script([
    { text: "a", fault: { after: 1, kind: { exception: "validationException", message } } },
    { text: "ok" },
  ]);
  expect(textOf(await collectOutcome(bedrockModel))).toBe("ok");
  expect([bedrock.requests.map(({ streaming }) => streaming), warnings.length]).toEqual([[true, false], 1]);
  bedrockModel.close();
  await bedrock.stop();
});

test("a refusal after output is thrown, because a retry would repeat the output", async () => {
  const { bedrock, model: bedrockModel } = await createTestBed({}, { strict: false });
  const message = "This model doesn't support tool use in streaming mode.";
  bedrock.script([
    { text: "a", fault: { after: "deltas", kind: { exception: "validationException", message } } },
  ]);
  const outcome = await collectOutcome(bedrockModel);
  expect([textOf(outcome), outcome.error?.code, bedrock.requests.length]).toEqual(["a", "model_refused", 1]);
  bedrockModel.close();
  await bedrock.stop();
});

test("twenty concurrent refusals log one warning", async () => {
  const { bedrock, model: bedrockModel, warnings } = await createTestBed({}, { strict: false });
  bedrock.script(({ streaming }) =>
    streaming
      ? {
          error: {
            status: 400,
            type: "ValidationException",
            message: "This model doesn't support tool use in streaming mode.",
          },
        }
      : { text: "ok" },
  );
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => collectOutcome(bedrockModel)));
  expect([outcomes.map(textOf).join(""), warnings.length]).toEqual(["ok".repeat(20), 1]);
  bedrockModel.close();
  await bedrock.stop();
});
