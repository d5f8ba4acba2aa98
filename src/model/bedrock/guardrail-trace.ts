/**
 * Explains a guardrail intervention to the operator: names of policies and topics, never the text of the
 * conversation.
 */
import { isRecord } from "./calls.ts";
import type { Json } from "./types.ts";

/** Returns the reasons in the `trace` of a response; undefined when it contains none. */
export function explainIntervention(trace: unknown): string | undefined {
  const guardrail = isRecord(trace) ? trace.guardrail : undefined;
  if (!isRecord(guardrail)) return undefined;
  const sides = [
    ...listAssessments(guardrail.inputAssessment).map((found) => ({ side: "user message", found })),
    ...listAssessments(guardrail.outputAssessments).map((found) => ({ side: "reply", found })),
  ];
  const reasons = sides.flatMap(({ side, found }) =>
    listFindings(found).map((finding) => `${finding} in the ${side}`),
  );
  return reasons.length === 0 ? undefined : [...new Set(reasons)].join(", ");
}

/** Lists the assessments of all guardrails: one object each for the input, a list each for the output. */
function listAssessments(byGuardrail: unknown): readonly Json[] {
  return isRecord(byGuardrail) ? Object.values(byGuardrail).flat().filter(isRecord) : [];
}

/** Lists the findings of `topicPolicy.topics[{name, action}]`, `contentPolicy.filters[{type, action}]` and so on. */
function listFindings(assessment: Json): readonly string[] {
  return Object.entries(assessment).flatMap(([policy, groups]) =>
    Object.values(isRecord(groups) ? groups : {})
      .flatMap((entries) => (Array.isArray(entries) ? entries.filter(isRecord) : []))
      .filter(({ action }) => typeof action === "string" && action !== "NONE")
      .map(({ name, type }) => [policy, name ?? type].filter((word) => typeof word === "string").join(" ")),
  );
}
