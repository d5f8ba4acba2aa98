/** Logs turns: API calls, outcome and cost. */
import type { ToolResult, TurnEnd } from "../chat/types.ts";
import { type CostOf, costOfTurn } from "./cost.ts";
import type { Log } from "./log.ts";
import type { CallAttributes, Costs } from "./types.ts";

/** Logs the end of a turn. Costs are null when a price is unknown. */
export function logTurn(
  log: Log,
  end: TurnEnd,
  attributes: CallAttributes,
  costs: Costs,
  cost: CostOf,
): void {
  const fields = {
    session: attributes.session,
    turn: attributes.turn,
    calls: end.calls.length,
    costUsd: roundUsd(costOfTurn(end.spent, cost)),
    sessionCostUsd: roundUsd(costs.session),
    callerCostTodayUsd: roundUsd(costs.caller),
    costTodayUsd: roundUsd(costs.today),
  };
  if (end.outcome === "answered") {
    const { stopReason: stop, model, usage } = end;
    const { inputTokens, outputTokens } = usage;
    log.info("turn answered", { ...fields, stop, model, inputTokens, outputTokens });
    return;
  }
  const { code, detail, cause } = end.error;
  const stack = code === "internal" && cause instanceof Error ? cause.stack : undefined;
  log.error("turn failed", { ...fields, code, detail: detail ?? stack });
}

/** Logs a call with its status. Arguments and responses are personal data and are not logged. */
export function logCall(
  log: Log,
  { name, status, httpStatus, durationMs }: ToolResult,
  attributes: CallAttributes,
): void {
  const { session, turn, endpoint } = attributes;
  const ms = Math.round(durationMs);
  log.info("api call", { session, turn, tool: name, endpoint: endpoint(name), status, httpStatus, ms });
}

/** Rounds to a millionth of a dollar. */
function roundUsd(usd: number | null): number | null {
  return usd === null ? null : Math.round(usd * 1e6) / 1e6;
}
