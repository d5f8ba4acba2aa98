/** Calls that wait for the reader's permission. Each stands in the answer where the call itself will stand. */
import type { ApprovalFrame } from "../protocol.ts";
import { createCall, isLive } from "./reply.ts";
import type { CallApproval, CallPart, ChatState, Part, Reply } from "./types.ts";

/** Sent again, a request says what is left of it: what it no longer names has been decided. */
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

/** What waited has been decided: the server asks for nothing any more. */
export function clearWaiting(reply: Reply): Reply {
  const parts = reply.parts.map((part): Part => (isWaiting(part) ? { ...part, status: "running" } : part));
  return { ...reply, parts };
}

/** Those the reader has not spoken on yet. */
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
  const decision = approved ? "allowed" : "refused";
  return updateDecisions(state, (held, id) =>
    held.approvalId === approvalId && calls.includes(id) ? decision : held.decision,
  );
}

/** The server does not wait for what the reader just said. Undefined: the reader said nothing. */
export function markDecidedElsewhere(state: ChatState): ChatState | undefined {
  const isOwnDecision = ({ decision }: CallApproval) => decision === "allowed" || decision === "refused";
  const hasOwnDecision = state.entries.some(
    (entry) =>
      entry.kind === "answer" && entry.parts.some((part) => isWaiting(part) && isOwnDecision(part.approval)),
  );
  if (!hasOwnDecision) return undefined;
  return updateDecisions(state, (held) => (isOwnDecision(held) ? "elsewhere" : held.decision));
}

/** The connection is gone: nobody knows whether the reader's word arrived, so it is asked for again. */
export function clearDecisions(state: ChatState): ChatState {
  return updateDecisions(state, () => undefined);
}

function updateDecisions(
  state: ChatState,
  decide: (approval: CallApproval, id: string) => CallApproval["decision"],
): ChatState {
  const entries = state.entries.map((entry) => {
    if (entry.kind !== "answer" || !isLive(entry) || !entry.parts.some(isWaiting)) return entry;
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
