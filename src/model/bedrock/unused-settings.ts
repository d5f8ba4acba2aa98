/** Finds the settings that a model does not take. They are not sent, so the operator should know. */
import { type Capabilities, capabilitiesOf } from "../capabilities.ts";
import { usesResponses } from "./surface.ts";
import { parseTarget } from "./target.ts";
import type { BedrockOptions } from "./types.ts";

export type ModelSettings = Pick<
  BedrockOptions,
  "modelFamily" | "stopSequences" | "cacheTtl" | "serviceTier" | "reasoningTokens" | "reasoningEffort"
> & {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly guardrailId?: string | undefined;
  /** KEY=VALUE. */
  readonly requestMetadata?: readonly string[];
};

/**
 * Returns one sentence for each setting that the model does not take.
 * @param name may contain a region (target.ts).
 */
export function describeUnusedSettings(name: string, settings: ModelSettings): readonly string[] {
  const { model } = parseTarget(name, "");
  const known = capabilitiesOf(model, settings.modelFamily);
  const { guardrailId, requestMetadata = [] } = settings;
  const guardrail = guardrailId === undefined ? undefined : { id: guardrailId, version: "" };
  const isUnused = {
    ...findUnused(known, settings),
    // The Responses API has no field that the invocation logs show.
    requestMetadata: requestMetadata.length > 0 && usesResponses(model, known, { guardrail }),
  };
  const unused = Object.entries(isUnused).flatMap(([setting, is]) => (is ? [setting] : []));
  return unused.map((setting) => `${setting}: ${model} (${known.family}) does not take it; it is not sent.`);
}

function findUnused(
  { sampling, stopSequences, cacheTtls, serviceTiers, reasoning }: Capabilities,
  settings: ModelSettings,
): Readonly<Record<string, boolean>> {
  const hasReasoning = reasoning !== "none" && reasoning !== "always";
  const { temperature, topP, cacheTtl = "5m", serviceTier = "default" } = settings;
  return {
    temperature: temperature !== undefined && sampling === "none",
    topP: topP !== undefined && (sampling === "none" || (sampling === "one" && temperature !== undefined)),
    stopSequences: (settings.stopSequences ?? []).length > 0 && !stopSequences,
    cacheTtl: cacheTtl !== "5m" && !cacheTtls.includes(cacheTtl),
    serviceTier: serviceTier !== "default" && !serviceTiers.includes(serviceTier),
    reasoningTokens: settings.reasoningTokens !== undefined && !hasReasoning,
    reasoningEffort: settings.reasoningEffort !== undefined && !hasReasoning,
  };
}
