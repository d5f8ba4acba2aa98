/** Where a call happens, for what is counted and logged of it. */
import { randomUUID } from "node:crypto";
import type { Caller, CallerId } from "../access/types.ts";
import type { Apis } from "../apis/load-apis.ts";
import type { SessionId, ToolResult, TurnId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { logCall } from "../telemetry/turn-log.ts";
import type { Place } from "../telemetry/types.ts";
import { endpointOf } from "../tools/catalog/endpoint.ts";

export function callPlace({ find }: Apis, session: SessionId, caller: CallerId, turn: TurnId): Place {
  const endpoint = (name: string) => {
    const tool = find(name);
    return tool && endpointOf(tool);
  };
  return { session, caller, turn, endpoint };
}

/** A call that belongs to no turn of ours is counted and logged as any. */
export function tellCall(
  { apis, config, log, telemetry }: App,
  { session, caller }: { readonly session: SessionId; readonly caller: Caller },
  result: ToolResult,
): void {
  const place = callPlace(apis.current, session, caller.id, randomUUID() as TurnId);
  telemetry.observe({ type: "call_ended", round: 1, result }, place);
  if (config.logApiCalls) logCall(log, result, place);
}
