/** Lists the models that the settings can call, and the services that each is called with, for permissions. */
import { isDemoModelId } from "../config/demo-api.ts";
import type { Config } from "../config/settings.ts";
import { usesResponses } from "../model/bedrock/surface.ts";
import { parseTarget } from "../model/bedrock/target.ts";
import { bareModelId, capabilitiesOf, geographyOf } from "../model/capabilities.ts";

export interface ModelAccess {
  /** A model id, inference profile or ARN, as Bedrock accepts it. */
  readonly model: string;
  readonly region: string;
  /** The model id without profile and ARN. For an application profile the beginning that `--model-family` names, which may be empty. */
  readonly bareId: string;
  /** The beginning of an inference profile, such as `eu` or `global`; undefined for a model of one region. */
  readonly geography: string | undefined;
  /** `project`: the Responses API of bedrock-runtime. `mantle`: bedrock-mantle. Several when one can replace another. */
  readonly services: readonly ("converse" | "project" | "mantle")[];
}

/** Returns one entry per model and region. The demo model needs no permission. */
export function describeModelAccess(config: Config): readonly ModelAccess[] {
  const { model, models, fallbackModel, gracefulDegradation, summaryModel, region, modelFamily } = config;
  const names = [model, ...models, ...(gracefulDegradation ? fallbackModel : []), summaryModel ?? model];
  const guardrail =
    config.guardrailId === undefined
      ? undefined
      : { id: config.guardrailId, version: config.guardrailVersion };
  return [...new Set(names)]
    .filter((name) => !isDemoModelId(name) && !name.startsWith("custom-"))
    .map((name) => parseTarget(name, region))
    .map((target) => {
      const { apis, endpoint } = capabilitiesOf(target.model, modelFamily);
      const responses = endpoint === "mantle" ? "mantle" : "project";
      return {
        ...target,
        bareId: target.model.includes(":application-inference-profile/")
          ? bareModelId(modelFamily ?? "")
          : bareModelId(target.model),
        geography: geographyOf(target.model),
        services: [
          ...(usesResponses(target.model, { apis }, { guardrail }) ? [responses] : []),
          // Converse replaces the Responses API when that is refused.
          ...(apis.includes("converse") ? ["converse"] : []),
        ] as ModelAccess["services"],
      };
    });
}
