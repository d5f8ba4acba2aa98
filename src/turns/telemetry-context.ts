/** Attributes of calls for metrics and the log. */
import { randomUUID } from "node:crypto";
import type { Caller, CallerId } from "../access/types.ts";
import type { ToolCatalog } from "../apis/load-apis.ts";
import type { SessionId, ToolResult, TurnId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { logCall } from "../telemetry/turn-log.ts";
import type { CallAttributes } from "../telemetry/types.ts";
import { formatEndpoint } from "../tools/catalog/format-endpoint.ts";

export function createCallAttributes(
  { find }: ToolCatalog,
  session: SessionId,
  caller: CallerId,
  turn: TurnId,
): CallAttributes {
  const endpoint = (name: string) => {
    const tool = find(name);
    return tool && formatEndpoint(tool);
  };
  return { session, caller, turn, endpoint };
}

/** Counts and logs a call that belongs to no turn. */
export function recordCall(
  { apis, config, log, telemetry }: Pick<App, "apis" | "config" | "log" | "telemetry">,
  { session, caller }: { readonly session: SessionId; readonly caller: Caller },
  result: ToolResult,
): void {
  const attributes = createCallAttributes(apis.current, session, caller.id, randomUUID() as TurnId);
  telemetry.observe({ type: "call_ended", round: 1, result }, attributes);
  if (config.logApiCalls) logCall(log, result, attributes);
}
