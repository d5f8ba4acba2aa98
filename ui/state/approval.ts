/** Calls that wait for the user's approval. Each is a part of the reply, at the position of the call itself. */
import type { ApprovalFrame } from "../protocol.ts";
import { createCall, isLive } from "./reply.ts";
import type { CallApproval, CallPart, ChatState, Part, Reply } from "./types.ts";

/** Adds the calls of an approval request. A repeated request omits the calls that have been decided. */
export function withApproval(reply: Reply, frame: ApprovalFrame): Reply {
  const requestedCalls = new Map(frame.tool_calls.map((call) => [call.tool_call_id, call]));
  const withPendingApproval = (call: CallPart): CallPart => {
    const { approval_id: approvalId, expires_at: expiresAt } = frame;
    const isSame = call.approval?.approvalId === approvalId;
    const decision = isSame ? call.approval?.decision : undefined;
    const { request } = requestedCalls.get(call.id) ?? {};
    return { ...call, status: "waiting", approval: { approvalId, expiresAt, request, decision } };
  };
  const parts = reply.parts.map((part): Part => {
    if (part.type !== "call") return part;
    if (requestedCalls.has(part.id)) return withPendingApproval(part);
    const isDecided = part.status === "waiting" && part.approval?.approvalId === frame.approval_id;
    return isDecided ? { ...part, status: "running" } : part;
  });
  const knownIds = new Set(parts.flatMap((part) => (part.type === "call" ? [part.id] : [])));
  const added = frame.tool_calls
    .filter(({ tool_call_id }) => !knownIds.has(tool_call_id))
    .map((call) => withPendingApproval(createCall(call, "waiting")));
  return { ...reply, parts: [...parts, ...added], progress: undefined };
}

/** Marks all waiting calls as decided: the server has no pending request for them. */
export function clearWaiting(reply: Reply): Reply {
  const parts = reply.parts.map((part): Part => (isWaiting(part) ? { ...part, status: "running" } : part));
  return { ...reply, parts };
}

/** Returns the waiting calls that the user has not decided. */
export function undecidedCalls(calls: readonly Part[]): readonly CallPart[] {
  return calls.filter(
    (part): part is CallPart =>
      part.type === "call" && part.status === "waiting" && part.approval?.decision === undefined,
  );
}

export function applyDecision(
  state: ChatState,
  approvalId: string,
  calls: readonly string[],
  approved: boolean,
): ChatState {
  const decision = approved ? "allowed" : "denied";
  return updateDecisions(state, (approval, id) =>
    approval.approvalId === approvalId && calls.includes(id) ? decision : approval.decision,
  );
}

/** Marks the calls that the user has just decided as decided elsewhere. Returns undefined if there are none. */
export function markDecidedElsewhere(state: ChatState): ChatState | undefined {
  const isOwnDecision = ({ decision }: CallApproval) => decision === "allowed" || decision === "denied";
  const hasOwnDecision = state.entries.some(
    (entry) =>
      entry.kind === "reply" && entry.parts.some((part) => isWaiting(part) && isOwnDecision(part.approval)),
  );
  if (!hasOwnDecision) return undefined;
  return updateDecisions(state, (approval) => (isOwnDecision(approval) ? "elsewhere" : approval.decision));
}

/** Clears the decisions after a lost connection: they may not have arrived, so the user decides again. */
export function clearDecisions(state: ChatState): ChatState {
  return updateDecisions(state, () => undefined);
}

function updateDecisions(
  state: ChatState,
  decide: (approval: CallApproval, id: string) => CallApproval["decision"],
): ChatState {
  const entries = state.entries.map((entry) => {
    if (entry.kind !== "reply" || !isLive(entry) || !entry.parts.some(isWaiting)) return entry;
    const parts = entry.parts.map((part) =>
      isWaiting(part)
        ? { ...part, approval: { ...part.approval, decision: decide(part.approval, part.id) } }
        : part,
    );
    return { ...entry, parts };
  });
  return { ...state, entries };
}

function isWaiting(part: Part): part is CallPart & { readonly approval: CallApproval } {
  return part.type === "call" && part.status === "waiting" && part.approval !== undefined;
}
