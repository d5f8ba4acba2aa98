/** What one turn may use up; then the model is asked for its answer with what it has. */

export interface TurnQuota {
  readonly maxToolCalls: number;
  readonly maxToolCallRounds: number;
  readonly maxTurnSeconds: number | undefined;
  readonly maxTurnCostUsd: number | undefined;
}

/** So far. `usd`: models of unknown price cost nothing here. */
export interface TurnConsumption {
  readonly calls: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly usd: number;
}

/** The first limit that was reached, in words: `one question may use …`. */
export function describeReachedLimit(
  { calls, rounds, seconds, usd }: TurnConsumption,
  limits: TurnQuota,
): string | undefined {
  const { maxToolCalls, maxToolCallRounds, maxTurnSeconds, maxTurnCostUsd } = limits;
  if (calls > maxToolCalls) return `${maxToolCalls} tool calls`;
  if (rounds >= maxToolCallRounds) return `${maxToolCallRounds} rounds of tool calls`;
  if (maxTurnSeconds !== undefined && seconds >= maxTurnSeconds) return `${maxTurnSeconds} seconds`;
  if (maxTurnCostUsd !== undefined && usd >= maxTurnCostUsd) return `${maxTurnCostUsd} USD`;
}

/** What the model is told then, beside the results of its last calls. */
export function finalRoundNote(limit: string): string {
  return `The limit of ${limit} for this question is reached: no further call will be carried out. Answer now with what you have, and say what is missing.`;
}
