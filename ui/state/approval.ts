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
    const { request, edited, arguments: values = call.arguments } = requestedCalls.get(call.id) ?? {};
    const edit =
      edited && call.approval?.edit?.status === "checking" ? ({ status: "done" } as const) : undefined;
    const approval = { approvalId, expiresAt, request, isEdited: edited, edit, decision };
    return { ...call, arguments: values, status: "waiting", approval };
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

/** Marks the call whose arguments the user has changed: the server checks them. */
export function markEditing(state: ChatState, approvalId: string, call: string): ChatState {
  return updateApprovals(state, (approval, id) =>
    approval.approvalId === approvalId && id === call
      ? { ...approval, edit: { status: "checking" } }
      : approval,
  );
}

/** Shows why the server refused the changed arguments. Returns undefined if none are being checked. */
export function withEditRefusal(state: ChatState, message: string): ChatState | undefined {
  const next = updateApprovals(state, (approval) =>
    approval.edit?.status === "checking" ? { ...approval, edit: { status: "failed", message } } : approval,
  );
  return next === state ? undefined : next;
}

/** Marks the calls that the user has just decided or changed as decided elsewhere. Returns undefined if there are none. */
export function markDecidedElsewhere(state: ChatState): ChatState | undefined {
  const isOwnDecision = ({ decision, edit }: CallApproval) =>
    decision === "allowed" || decision === "denied" || edit?.status === "checking";
  const hasOwnDecision = state.entries.some(
    (entry) =>
      entry.kind === "reply" && entry.parts.some((part) => isWaiting(part) && isOwnDecision(part.approval)),
  );
  if (!hasOwnDecision) return undefined;
  return updateDecisions(state, (approval) => (isOwnDecision(approval) ? "elsewhere" : approval.decision));
}

/** Clears the decisions and changes after a lost connection: they may not have arrived, so the user decides again. */
export function clearDecisions(state: ChatState): ChatState {
  return updateApprovals(state, (approval) =>
    approval.decision === undefined && approval.edit === undefined
      ? approval
      : { ...approval, decision: undefined, edit: undefined },
  );
}

function updateDecisions(
  state: ChatState,
  decide: (approval: CallApproval, id: string) => CallApproval["decision"],
): ChatState {
  return updateApprovals(state, (approval, id) => ({ ...approval, decision: decide(approval, id) }));
}

/** Returns the same state if `change` returns every approval as it is. */
function updateApprovals(
  state: ChatState,
  change: (approval: CallApproval, id: string) => CallApproval,
): ChatState {
  let isChanged = false;
  const entries = state.entries.map((entry) => {
    if (entry.kind !== "reply" || !isLive(entry) || !entry.parts.some(isWaiting)) return entry;
    const parts = entry.parts.map((part) => {
      if (!isWaiting(part)) return part;
      const approval = change(part.approval, part.id);
      if (approval === part.approval) return part;
      isChanged = true;
      return { ...part, approval };
    });
    return { ...entry, parts };
  });
  return isChanged ? { ...state, entries } : state;
}

function isWaiting(part: Part): part is CallPart & { readonly approval: CallApproval } {
  return part.type === "call" && part.status === "waiting" && part.approval !== undefined;
}
