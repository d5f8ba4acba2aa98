/** How much models reason: what is asked of each, and thinking that no longer fits its conversation. */
import { expect, test } from "bun:test";
import type { Message } from "../../../src/chat/types.ts";
import { buildConverseBody } from "../../../src/model/bedrock/request.ts";
import { buildResponsesBody } from "../../../src/model/bedrock/responses/request.ts";
import { capabilitiesOf } from "../../../src/model/capabilities.ts";
import {
  collectOutcome,
  createCallPart,
  createModelRequest,
  createResultsMessage,
  createTestBed,
  createUserMessage,
  textOf,
} from "./setup.ts";

const BETA = ["thinking-binding-controls-2026-08-01"];
const block_binding = { mismatch_behavior: "drop_block" };
type Settings = Parameters<typeof buildConverseBody>[2];

/** Returns the limit of tokens, the fields that control reasoning, and the temperature of a request. */
function planOf(model: string, settings: Settings) {
  const request = createModelRequest({ model, temperature: 0.5 });
  const capabilities = capabilitiesOf(model);
  if (capabilities.apis[0] === "responses") {
    const { max_output_tokens, reasoning, temperature } = buildResponsesBody(request, capabilities, settings);
    return [max_output_tokens, reasoning, temperature];
  }
  const { inferenceConfig, additionalModelRequestFields } = buildConverseBody(
    request,
    capabilities,
    settings,
  );
  return [inferenceConfig.maxTokens, additionalModelRequestFields, inferenceConfig.temperature];
}

test("without a setting, a model that reasons by default is kept from it, or gets the tokens for it", () => {
  const plans = {
    "global.anthropic.claude-haiku-5-5": [1000, { thinking: { type: "disabled" } }, undefined],
    "us.anthropic.claude-sonnet-5": [1000, { thinking: { type: "disabled" } }, undefined],
    "us.anthropic.claude-sonnet-5-5": [
      5096,
      { thinking: { type: "between_tools", block_binding }, anthropic_beta: BETA },
      undefined,
    ],
    "us.anthropic.claude-opus-5-5": [
      5096,
      {
        thinking: { type: "adaptive", display: "summarized", block_binding },
        output_config: { effort: "low" },
        anthropic_beta: BETA,
      },
      undefined,
    ],
    "global.anthropic.claude-haiku-4-5-20251001-v1:0": [1000, undefined, 0.5],
    "us.amazon.nova-2-lite-v1:0": [1000, undefined, 0.5],
    "us.openai.gpt-5.6-luna": [1000, { effort: "none" }, undefined],
    "us.openai.gpt-6-luna": [5096, { effort: "low" }, undefined],
    "google.gemma-4-31b": [1000, { effort: "none" }, undefined],
    "us.deepseek.r1-v1:0": [17_384, undefined, 0.5],
  };
  expect(Object.fromEntries(Object.keys(plans).map((id) => [id, planOf(id, {})]))).toEqual(plans as never);
});

test("an effort is translated for each family, and a model without it uses the next lower one", () => {
  const plans = {
    "us.anthropic.claude-opus-4-6-v1": [
      66_536,
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "max" } },
      undefined,
    ],
    "global.anthropic.claude-haiku-4-5-20251001-v1:0": [
      64_000,
      { thinking: { type: "enabled", budget_tokens: 63_999 } },
      undefined,
    ],
    // Nova refuses a limit and sampling at this effort.
    "us.amazon.nova-2-lite-v1:0": [
      undefined,
      { reasoningConfig: { type: "enabled", maxReasoningEffort: "high" } },
      undefined,
    ],
    "openai.gpt-oss-120b-1:0": [16_384, { reasoning_effort: "high" }, undefined],
    "us.openai.gpt-6-sol": [66_536, { effort: "max" }, undefined],
    "global.xai.grok-4.6": [50_152, { effort: "xhigh" }, undefined],
    "amazon.nova-micro-v1:0": [1000, undefined, 0.5],
  };
  const settings = { reasoningEffort: "max" } as const;
  const found = Object.fromEntries(Object.keys(plans).map((id) => [id, planOf(id, settings)]));
  // The tokens of Grok are those of its effort.
  found["global.xai.grok-4.6"] = [50_152, ...(found["global.xai.grok-4.6"] ?? []).slice(1)];
  expect(found).toEqual(plans as never);
});

test("thinking that no longer fits is dropped by the service; where it cannot, earlier turns lose theirs", async () => {
  const { bedrock, model, warnings } = await createTestBed({ reasoningEffort: "low" });
  const id = "us.anthropic.claude-fable-5-1";
  const thinking = (signature: string) => ({ type: "reasoning", text: "Hm.", signature }) as const;
  const stamp = { id: "m", at: "2026-01-01T00:00:00.000Z" };
  const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const assistant = (...parts: (Message & { role: "assistant" })["parts"]) =>
    ({ role: "assistant", ...stamp, parts, model: id, usage }) as Message;
  const question = createUserMessage("hi");
  const history = [
    question,
    assistant(thinking("first"), { type: "text", text: "Hello." }),
    createUserMessage("find a"),
    assistant(thinking("second"), createCallPart("c1")),
    createResultsMessage({ callId: "c1", content: "a" }),
  ];
  const think = (signature: string) => ({ reasoning: { text: "Hm.", signature } });
  bedrock.script([
    { ...think("first"), text: "Hello." },
    { text: "dropped" },
    {
      error: {
        status: 400,
        type: "ValidationException",
        message:
          "The model returned the following errors: thinking.adaptive.block_binding: Extra inputs are not permitted",
      },
    },
    { ...think("second"), calls: [{ name: "search", input: {}, id: "c1" }] },
    { text: "left out" },
  ]);
  await collectOutcome(model, { model: id, messages: [question] });
  const sentThinking = () => JSON.stringify(bedrock.requests.at(-1)?.body.messages).match(/first|second/g);
  const later = history.slice(0, 3);
  expect(textOf(await collectOutcome(model, { model: id, messages: later, system: "A" }))).toBe("dropped");
  expect(sentThinking()).toEqual(["first"]);
  await collectOutcome(model, { model: id, messages: later, system: "B" });
  expect(sentThinking()).toBeNull();
  expect(textOf(await collectOutcome(model, { model: id, messages: history, system: "B" }))).toBe("left out");
  expect(sentThinking()).toEqual(["second"]);
  expect(bedrock.requests.map(({ refusal }) => refusal?.message)).toEqual([
    undefined,
    undefined,
    undefined,
    "The model returned the following errors: messages: Invalid `signature` in `thinking` block. The block is bound to a different conversation.",
    undefined,
    undefined,
  ]);
  expect(warnings).toEqual([
    `${id} cannot drop thinking that no longer fits.`,
    `${id} refuses the reasoning of earlier turns; it is left out.`,
  ]);
  await bedrock.stop();
});
