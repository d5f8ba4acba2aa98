/** The lines of the log that tell of a turn: its calls of the API, how it ended, and what it cost. */
import type { ToolResult, TurnEnd } from "../chat/types.ts";
import { type CostOf, costOfTurn } from "./cost.ts";
import type { Log } from "./log.ts";
import type { CallAttributes, Costs } from "./types.ts";

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

/** Which operation answered how: neither arguments nor answers, which are people's. */
export function logCall(
  log: Log,
  { name, status, httpStatus, durationMs }: ToolResult,
  attributes: CallAttributes,
): void {
  const { session, turn, endpoint } = attributes;
  const ms = Math.round(durationMs);
  log.info("api call", { session, turn, tool: name, endpoint: endpoint(name), status, httpStatus, ms });
}

/** To a millionth of a dollar: what is less is noise. */
function roundUsd(usd: number | null): number | null {
  return usd === null ? null : Math.round(usd * 1e6) / 1e6;
}
