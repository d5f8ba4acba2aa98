/** Checks the model ids of the settings. */
import { ConfigError } from "../config/load.ts";
import type { Config } from "../config/settings.ts";
import { checkModelId, explainApi } from "../model/bedrock/index.ts";

/**
 * Returns warnings, one per suspicious id. Does not check `custom-*`.
 * @param models the ids of the setting `model` and of `models`.
 * @throws ConfigError naming each malformed id.
 */
export function checkModelIds(
  { fallbackModel, summaryModel, modelFamily, region, guardrailId, guardrailVersion }: Config,
  models: readonly string[],
  now: Date,
): readonly string[] {
  const configuredModels = [
    ...models.map((model) => ({ setting: "model", model })),
    ...(summaryModel === undefined ? [] : [{ setting: "summaryModel", model: summaryModel }]),
    ...fallbackModel.map((model) => ({ setting: "fallbackModel", model })),
  ].filter(({ model }) => !model.startsWith("custom-"));
  const checks = configuredModels.map(({ setting, model }) => ({
    setting,
    ...checkModelId(model, { family: modelFamily, region, today: now.toISOString() }),
  }));
  const problems = checks.flatMap((check) =>
    check.status === "malformed" ? [`${check.setting}: ${check.problem}`] : [],
  );
  if (problems.length > 0) throw new ConfigError(problems);
  const guardrail = guardrailId === undefined ? undefined : { id: guardrailId, version: guardrailVersion };
  const warnings = [
    ...checks.flatMap((check) => (check.status === "warning" ? [check.warning] : [])),
    ...configuredModels.flatMap(({ model }) => explainApi(model, modelFamily, { guardrail }) ?? []),
  ];
  // A model may be in several settings.
  return [...new Set(warnings)];
}
