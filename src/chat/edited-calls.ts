/** Calls whose arguments a person changed before they allowed them. */
import { stringifyJson } from "../json.ts";
import type { RunCall } from "./calls.ts";
import type {
  Approval,
  ApprovalId,
  Decision,
  PendingCall,
  ToolCall,
  ToolResult,
  WaitingTurn,
} from "./types.ts";

/**
 * Returns the turn with a pending call replaced. The approval gets another id: nobody can allow the changed call by a decision
 * on the one that they were shown before.
 */
export function replacePendingCall(turn: WaitingTurn, edited: PendingCall, id: ApprovalId): WaitingTurn {
  const calls = turn.approval.calls.map((pending) => (pending.call.id === edited.call.id ? edited : pending));
  return { ...turn, approval: { ...turn.approval, id, calls } satisfies Approval };
}

/** Returns the calls with the arguments that the decisions have. */
export function applyEdits(calls: readonly ToolCall[], decisions: readonly Decision[]): readonly ToolCall[] {
  return calls.map((call) => {
    const decision = decisions.find(({ callId }) => callId === call.id);
    return decision?.arguments ? { ...call, arguments: decision.arguments } : call;
  });
}

/** Returns a `run` whose results have the arguments that were sent, for the calls that a person changed. */
export function withSentArguments(run: RunCall, decisions: readonly Decision[]): RunCall {
  const edited = new Set(
    decisions.flatMap(({ callId, outcome, arguments: values }) =>
      outcome === "approved" && values ? [callId] : [],
    ),
  );
  return async (call, signal) => {
    const result = await run(call, signal);
    return edited.has(call.id) ? { ...result, sentArguments: call.arguments } : result;
  };
}

/** Returns a text for the model about the changed calls; undefined when there are none. */
export function describeEdits(results: readonly ToolResult[]): string | undefined {
  const lines = results.flatMap(({ callId, name, sentArguments }) =>
    sentArguments ? [`${name} (${callId}) was sent with ${stringifyJson(sentArguments)}`] : [],
  );
  if (lines.length === 0) return undefined;
  return `The person changed arguments before they allowed the calls. The results belong to these arguments, not to yours: ${lines.join("; ")}.`;
}
