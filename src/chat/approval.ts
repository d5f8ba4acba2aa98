/** Approval of tool calls: the policy's verdicts before a call, and the person's decisions on pending calls. */
import type { RefusalCode } from "../errors.ts";
import { createNotRunResult, type RunCall } from "./calls.ts";
import type { Decision, PendingCall, ToolCall, WaitingTurn } from "./types.ts";

/** The policy's verdict on one call. `reason` is a text for the model. */
export type ApprovalVerdict =
  | { readonly verdict: "run" }
  | { readonly verdict: "refuse"; readonly reason: string }
  | ({ readonly verdict: "ask" } & Omit<PendingCall, "call">);

/**
 * Never rejects.
 * @param isDecided a person has decided on the call already. The verdict is then to ask, also about calls that need no approval,
 *   so that the caller can compare the request with the one that was shown.
 */
export type ApprovalPolicy = (
  call: ToolCall,
  signal: AbortSignal,
  isDecided?: boolean,
) => Promise<ApprovalVerdict>;

/** A person's decision. Applies to all pending calls when `callIds` is undefined. */
export interface ApprovalDecision {
  readonly approved: boolean;
  readonly callIds?: readonly string[] | undefined;
  readonly reason?: string | undefined;
}

/**
 * Returns the turn with the decision applied. No decision is left to make when `approval.calls` is empty.
 * @param isAlsoCovered selects further pending calls that the decision applies to.
 */
export function applyDecision(
  turn: WaitingTurn,
  { approved, callIds, reason }: ApprovalDecision,
  isAlsoCovered: (pending: PendingCall) => boolean = () => false,
): WaitingTurn {
  const isCovered = (pending: PendingCall) =>
    callIds === undefined || callIds.includes(pending.call.id) || isAlsoCovered(pending);
  return decideCalls(turn, approved ? "approved" : "refused", isCovered, reason?.trim());
}

/** Returns the turn with one outcome for the pending calls that `isCovered` selects, by default all. */
export function decideCalls(
  turn: WaitingTurn,
  outcome: Decision["outcome"],
  isCovered: (pendingCall: PendingCall) => boolean = () => true,
  reason = "",
): WaitingTurn {
  const { approval, decisions } = turn;
  const covered = approval.calls.filter(isCovered);
  const newDecisions = covered.map(({ call, fingerprint, isEdited }) => ({
    callId: call.id,
    outcome,
    ...(isEdited && { arguments: call.arguments }),
    ...(fingerprint !== undefined && { fingerprint }),
    ...(reason !== "" && { reason }),
  }));
  return {
    ...turn,
    approval: { ...approval, calls: approval.calls.filter((pending) => !covered.includes(pending)) },
    decisions: [...decisions, ...newDecisions],
  };
}

/** Why a call must not run. `reason` is a text for the model. */
export interface CallRefusal {
  readonly reason: string;
  readonly code: RefusalCode;
}

/** Calls that must not run. */
export type Refusals = ReadonlyMap<ToolCall, CallRefusal>;

/** Calls after review, in call order. `immediate` includes the refused calls, which fail at once. */
export interface ReviewedCalls {
  readonly pending: readonly PendingCall[];
  readonly immediate: readonly ToolCall[];
  readonly refusals: Refusals;
}

/** Applies the policy to all calls at the same time. */
export async function reviewCalls(
  calls: readonly ToolCall[],
  policy: ApprovalPolicy,
  signal: AbortSignal,
  areDecided = false,
): Promise<ReviewedCalls> {
  const pending: PendingCall[] = [];
  const immediate: ToolCall[] = [];
  const refusals = new Map<ToolCall, CallRefusal>();
  const verdicts = await Promise.all(
    calls.map(async (call) => ({ call, result: await policy(call, signal, areDecided) })),
  );
  for (const { call, result } of verdicts) {
    if (result.verdict === "ask") {
      const { verdict: _verdict, ...shown } = result;
      pending.push({ call, ...shown });
      continue;
    }
    immediate.push(call);
    if (result.verdict === "refuse") refusals.set(call, { reason: result.reason, code: "policy" });
  }
  return { pending, immediate, refusals };
}

/** Returns the approved calls that would send another request than the approved one: the tools have changed since. */
export async function findChangedCalls(
  calls: readonly ToolCall[],
  decisions: readonly Decision[],
  policy: ApprovalPolicy,
  signal: AbortSignal,
): Promise<readonly PendingCall[]> {
  const approved = new Map(
    decisions.flatMap(({ callId, outcome, fingerprint }) =>
      outcome === "approved" && fingerprint !== undefined ? [[callId, fingerprint] as const] : [],
    ),
  );
  const { pending } = await reviewCalls(
    calls.filter(({ id }) => approved.has(id)),
    policy,
    signal,
    true,
  );
  const edited = new Set(decisions.flatMap((decision) => (decision.arguments ? [decision.callId] : [])));
  return pending
    .filter(({ call, fingerprint }) => fingerprint !== approved.get(call.id))
    .map((one) => (edited.has(one.call.id) ? { ...one, isEdited: true } : one));
}

/** Returns the calls that no decision approves. */
export function collectRefusals(calls: readonly ToolCall[], decisions: readonly Decision[]): Refusals {
  return new Map(
    calls.flatMap((call) => {
      const decision = decisions.find(({ callId }) => callId === call.id);
      return decision?.outcome === "approved" ? [] : [[call, toRefusal(decision)] as const];
    }),
  );
}

function toRefusal({ outcome, reason: explanation }: Partial<Decision> = {}): CallRefusal {
  if (outcome === "expired") return { code: outcome, reason: "Not called: nobody approved it in time." };
  if (outcome === "stopped")
    return { code: outcome, reason: "Not called: the person stopped the turn instead of allowing it." };
  const quote = explanation ? ` They said: ${JSON.stringify(explanation)}.` : "";
  const reason = `Not called: the person refused it.${quote} Do not try it again unless they ask for it.`;
  return { code: "person", reason };
}

/** Returns a `run` that fails refused calls with their reason. */
export function withRefusals(run: RunCall, refusals: Refusals): RunCall {
  return async (call, signal) => {
    const refusal = refusals.get(call);
    return refusal ? createNotRunResult(call, refusal.reason, refusal.code) : await run(call, signal);
  };
}
