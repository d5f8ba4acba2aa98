/** Checks that limits of cost hold for the models of the settings. */

import { readLimits } from "../config/limits.ts";
import { ConfigError } from "../config/load.ts";
import type { Config } from "../config/settings.ts";
import { type BedrockOptions, findModelCost } from "../model/bedrock/index.ts";

/**
 * Returns a warning for each model whose cost is estimated. Does not check `custom-*`.
 * @param models the ids of the settings `model` and `models`.
 * @throws ConfigError naming each model for which there is no estimate: the limit would have no effect.
 */
export function checkCostLimit(
  config: Config,
  models: readonly string[],
  prices: BedrockOptions["prices"],
): readonly string[] {
  const { modelFamily, fallbackModel } = config;
  const setting = findCostLimit(config);
  if (setting === undefined) return [];
  const names = new Set([...models, ...fallbackModel].filter((model) => !model.startsWith("custom-")));
  const unpriced = [...names].flatMap((model) => {
    const cost = findModelCost(model, { prices, modelFamily });
    return cost.status === "known" ? [] : [{ model, ...cost }];
  });
  const problems = unpriced.flatMap((entry) =>
    entry.status === "unknown"
      ? [
          `${setting}: the price of ${entry.model} is unknown, so the limit would have no effect. Pass --prices FILE with {"${entry.model}": {"input": …, "output": …}}, in USD per million tokens.`,
        ]
      : [],
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return unpriced.flatMap((entry) =>
    entry.status === "estimated"
      ? [
          `${setting}: the price of ${entry.model} is unknown. Its cost is estimated with the price of ${entry.family}, the dearest model of its vendor. Set the price with --prices.`,
        ]
      : [],
  );
}

/** Returns the name of a setting that limits cost. */
function findCostLimit(config: Config): string | undefined {
  if (config.maxTurnCostUsd !== undefined) return "maxTurnCostUsd";
  const limits = Object.entries(readLimits(config));
  const limited = limits.find(([, rules]) => rules.some(({ kind }) => kind === "usd"));
  return limited && `${limited[0]}Limits`;
}
