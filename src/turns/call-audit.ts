/** Records calls and decisions on them in the audit log. */
import type { AuditLog } from "../access/audit/types.ts";
import type { ToolCatalog } from "../apis/load-apis.ts";
import type { Decision, SessionId, ToolCall } from "../chat/types.ts";
import type { ToolRunnerOptions } from "../results/tool-runner.ts";
import { formatEndpoint } from "../tools/catalog/format-endpoint.ts";

interface CallAuditPorts {
  readonly audit: AuditLog;
  readonly catalog: ToolCatalog;
  readonly session: SessionId;
  /** The ids of calls that a person approved, and of those that the person allowed for the conversation. */
  readonly approvedCalls: ReadonlySet<string> | undefined;
  readonly allowedCalls: ReadonlySet<string> | undefined;
}

type RunUnmasked = ToolRunnerOptions["call"];

/** Returns `run` with an entry for each call that it makes, also for each page of a list. */
export function withCallAudit(
  run: RunUnmasked,
  { audit, catalog, session, approvedCalls, allowedCalls }: CallAuditPorts,
): RunUnmasked {
  return async (call, signal) => {
    const answer = await run(call, signal);
    const { status, httpStatus, durationMs } = answer.result;
    const tool = catalog.find(call.name);
    audit.record({
      event: "tool_call",
      session,
      tool: call.name,
      operation: tool && formatEndpoint(tool),
      status,
      httpStatus,
      durationMs: Math.round(durationMs),
      approval: approvedCalls?.has(call.id)
        ? "person"
        : allowedCalls?.has(call.id)
          ? "conversation"
          : "not-needed",
      arguments: call.arguments,
    });
    return answer;
  };
}

/** Records what was decided on calls: one entry for each outcome. */
export function recordDecisions(
  audit: AuditLog,
  approval: string,
  decisions: readonly Decision[],
  calls: readonly ToolCall[],
  forSession = false,
): void {
  if (!audit.isOn) return;
  for (const [outcome, entries] of Map.groupBy(decisions, ({ outcome }) => outcome)) {
    const ids = entries.map(({ callId }) => callId);
    const tools = calls.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
    audit.record({ event: "approval", approval, outcome, tools, forSession });
  }
}
