/** Why a guardrail intervened, for the operator: policies and what they are called, never the words that were said. */
import { isRecord } from "./calls.ts";
import type { Json } from "./types.ts";

/** From the `trace` of an answer; undefined when it tells nothing. */
export function explainIntervention(trace: unknown): string | undefined {
  const guardrail = isRecord(trace) ? trace.guardrail : undefined;
  if (!isRecord(guardrail)) return undefined;
  const sides = [
    ...listAssessments(guardrail.inputAssessment).map((found) => ({ side: "question", found })),
    ...listAssessments(guardrail.outputAssessments).map((found) => ({ side: "answer", found })),
  ];
  const reasons = sides.flatMap(({ side, found }) =>
    listFindings(found).map((finding) => `${finding} in the ${side}`),
  );
  return reasons.length === 0 ? undefined : [...new Set(reasons)].join(", ");
}

/** By guardrail: one of the input, a list of the output. */
function listAssessments(byGuardrail: unknown): readonly Json[] {
  return isRecord(byGuardrail) ? Object.values(byGuardrail).flat().filter(isRecord) : [];
}

/** `topicPolicy.topics[{name, action}]`, `contentPolicy.filters[{type, action}]` and so on. */
function listFindings(assessment: Json): readonly string[] {
  return Object.entries(assessment).flatMap(([policy, groups]) =>
    Object.values(isRecord(groups) ? groups : {})
      .flatMap((entries) => (Array.isArray(entries) ? entries.filter(isRecord) : []))
      .filter(({ action }) => typeof action === "string" && action !== "NONE")
      .map(({ name, type }) => [policy, name ?? type].filter((word) => typeof word === "string").join(" ")),
  );
}
