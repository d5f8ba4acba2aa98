import { expect, test } from "bun:test";
import { explainIntervention } from "../../../src/model/bedrock/guardrail-trace.ts";
import type { Reply } from "../../bedrock/index.ts";
import { collectOutcome, createTestBed, textOf } from "./setup.ts";

const trace = {
  guardrail: {
    inputAssessment: {
      gr1: {
        topicPolicy: { topics: [{ name: "Investments", type: "DENY", action: "BLOCKED" }] },
        contentPolicy: { filters: [{ type: "HATE", confidence: "LOW", action: "NONE" }] },
        invocationMetrics: { guardrailProcessingLatency: 5 },
      },
    },
    outputAssessments: {
      gr1: [
        {
          sensitiveInformationPolicy: {
            piiEntities: [{ type: "EMAIL", match: "a@b.example", action: "ANONYMIZED" }],
          },
          wordPolicy: { customWords: [{ match: "a secret word", action: "BLOCKED" }] },
        },
      ],
    },
  },
};
const REASON =
  "topicPolicy Investments in the user message, sensitiveInformationPolicy EMAIL in the reply, wordPolicy in the reply";

test("`explainIntervention()` names policies and never quotes the conversation", () => {
  expect(explainIntervention(trace)).toBe(REASON);
  const none = [
    undefined,
    {},
    { guardrail: {} },
    { guardrail: { inputAssessment: { gr1: {} }, outputAssessments: 5 } },
  ];
  expect(none.map(explainIntervention)).toEqual(none.map(() => undefined));
});

for (const [name, model] of [
  ["streamed", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"],
  ["non-streaming", "mistral.mistral-large-2407-v1:0"],
] as const) {
  test(`a guardrail intervention is logged, and its text reaches the user: ${name}`, async () => {
    const {
      bedrock,
      model: port,
      warnings,
    } = await createTestBed({ guardrail: { id: "gr1", version: "DRAFT" } });
    const blocked: Reply = { text: "Not about that.", stopReason: "guardrail_intervened", trace };
    bedrock.script([blocked, { text: "Fine." }]);
    const outcome = await collectOutcome(port, { model });
    expect([textOf(outcome), outcome.events.at(-1)]).toEqual([
      "Not about that.",
      expect.objectContaining({ type: "end", stopReason: "guardrail" }),
    ]);
    await collectOutcome(port, { model });
    expect(warnings).toEqual([`The guardrail intervened for ${model}: ${REASON}.`]);
    port.close();
    await bedrock.stop();
  });
}
