/** The stand-in refuses what the Responses API of Bedrock refuses. */
import { describe, expect, test } from "bun:test";
import type { Json } from "../refusal.ts";
import { checkResponses } from "./check.ts";
import type { Surface } from "./surfaces.ts";

const GPT = "us.openai.gpt-5.6-sol";
const user = { role: "user", content: [{ type: "input_text", text: "hi" }] };
const call = { type: "function_call", call_id: "c1", name: "search", arguments: "{}" };
const output = { type: "function_call_output", call_id: "c1", output: "a" };
const reasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "known" };
const tool = { type: "function", name: "search", parameters: { type: "object" }, strict: false };
const breakpoint = { prompt_cache_breakpoint: { mode: "explicit" } };

function refusalOf(change: Json, surface: Surface = "responses"): string | undefined {
  const body = { model: GPT, input: [user], max_output_tokens: 16, ...change };
  return checkResponses(body, surface, (content) => content === "known")?.message;
}

const cases: readonly (readonly [string, Json, string, Surface?])[] = [
  ["an unknown parameter", { max_tokens: 16 }, "Unknown parameter: 'max_tokens'."],
  ["a limit below 16", { max_output_tokens: 15 }, "Expected a value >= 16, but got 15"],
  ["a service tier", { service_tier: "flex" }, "The service tier 'flex' is not available for this model."],
  ["a temperature", { temperature: 0.5 }, "Unsupported parameter: 'temperature'"],
  ["a bare id on bedrock-runtime", { model: "openai.gpt-5.6-sol" }, "on-demand throughput"],
  ["a profile on bedrock-mantle", {}, "does not exist", "mantle /openai/v1"],
  ["a model on the wrong path", { model: "openai.gpt-5.5" }, "isn't supported on this route", "mantle /v1"],
  ["a model of Converse", { model: "us.anthropic.claude-sonnet-5" }, "isn't supported on this route"],
  [
    "the effort `none` of GPT-6",
    { model: "us.openai.gpt-6-sol", reasoning: { effort: "none" } },
    "Unsupported value",
  ],
  [
    "a nested tool",
    { tools: [{ type: "function", function: tool }] },
    "Unknown parameter: 'tools[0].function'.",
  ],
  [
    "a schema that is no object",
    { tools: [{ ...tool, parameters: {} }] },
    "Invalid schema for function 'search'",
  ],
  ["a tool choice without tools", { tool_choice: "required" }, "only allowed when 'tools' are specified"],
  ["a call without output", { input: [user, call] }, "No tool output found for function call c1."],
  ["an output without call", { input: [user, output] }, "No tool call found"],
  ["a repeated call id", { input: [user, call, output, call, output] }, "Duplicate call_id: c1."],
  ["arguments that are no text", { input: [user, { ...call, arguments: {} }, output] }, "expected a string"],
  [
    "forged reasoning",
    { input: [user, { ...reasoning, encrypted_content: "forged" }, call, output] },
    "could not be verified",
  ],
  ["reasoning without its item", { input: [user, reasoning, user] }, "without its required following item"],
  [
    "an image that is no data URL",
    { input: [{ role: "user", content: [{ type: "input_image", image_url: "x" }] }] },
    "base64",
  ],
  [
    "a breakpoint for Grok",
    {
      model: "us.xai.grok-4.6",
      input: [{ role: "user", content: [{ type: "input_text", text: "a", ...breakpoint }] }],
    },
    "prompt_cache_breakpoint",
  ],
  [
    "too long an input",
    { input: [{ role: "user", content: "word ".repeat(1_050_000) }] },
    "exceeds the context window",
  ],
];

describe("the stand-in refuses", () => {
  for (const [what, change, message, surface] of cases)
    test(what, () => expect(refusalOf(change, surface)).toContain(message));

  test("reasoning for Gemma, and a temperature other than 1", () => {
    const gemma = { model: "google.gemma-4-31b" };
    const surface = "mantle /openai/v1";
    expect([
      refusalOf({ ...gemma, input: [user, reasoning, call, output] }, surface),
      refusalOf({ ...gemma, temperature: 0.5 }, surface),
      refusalOf({ ...gemma, temperature: 1 }, surface),
    ]).toEqual([
      "This model doesn't support reasoning items in the input.",
      "Unsupported parameter: 'temperature' is not supported with this model.",
      undefined,
    ]);
  });
});

test("a complete request is accepted", () => {
  const content = [{ type: "input_text", text: "a", ...breakpoint }];
  expect(
    refusalOf({
      input: [{ role: "developer", content }, user, reasoning, call, { ...output, output: content }],
      tools: [tool],
      tool_choice: { type: "function", name: "search" },
      reasoning: { effort: "none" },
      include: ["reasoning.encrypted_content"],
      prompt_cache_options: { mode: "explicit", ttl: "30m" },
      prompt_cache_key: "k",
      store: false,
      stream: true,
    }),
  ).toBeUndefined();
});
