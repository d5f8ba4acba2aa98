/** The limits of one turn. When one is reached, the model is called once more for its final reply. */

export interface TurnQuota {
  readonly maxToolCalls: number;
  readonly maxToolCallRounds: number;
  readonly maxTurnSeconds: number | undefined;
  readonly maxTurnCostUsd: number | undefined;
}

/** The consumption of a turn so far. In `usd`, the cost of a model of unknown price is estimated. */
export interface TurnConsumption {
  readonly calls: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly usd: number;
}

/** Describes the first limit that was reached, as a phrase that completes `one message may use …`. */
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

/** Returns the note for the model that follows the results of the last calls. */
export function finalRoundNote(limit: string): string {
  return `The limit of ${limit} for this message is reached: no further call will be carried out. Reply now with what you have, and say what is missing.`;
}
