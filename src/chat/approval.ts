/** Which calls of a round a person is asked about, and what became of those that were decided. */
import { createNotRunResult, type RunCall } from "./calls.ts";
import type { CallPreview, Decision, PendingCall, ToolCall, WaitingTurn } from "./types.ts";

/** What is to be done with a call before it is carried out. `reason` is for the model. */
export type ApprovalVerdict =
  | { readonly verdict: "run" }
  | { readonly verdict: "refuse"; readonly reason: string }
  | { readonly verdict: "ask"; readonly preview?: CallPreview };

/** Never rejects. */
export type ApprovalPolicy = (call: ToolCall, signal: AbortSignal) => Promise<ApprovalVerdict>;

/** What a person answers: to all calls that are left, or to some. */
export interface ApprovalDecision {
  readonly approved: boolean;
  readonly callIds?: readonly string[] | undefined;
  readonly reason?: string | undefined;
}

/**
 * The turn with what was answered: nothing is left of it to ask when `approval.calls` is empty. `alike`: calls that the answer
 * speaks for too.
 */
export function applyDecision(
  turn: WaitingTurn,
  { approved, callIds, reason }: ApprovalDecision,
  isAlsoCovered: (call: ToolCall) => boolean = () => false,
): WaitingTurn {
  const isCovered = ({ call }: PendingCall) =>
    callIds === undefined || callIds.includes(call.id) || isAlsoCovered(call);
  return decideCalls(turn, approved ? "approved" : "refused", isCovered, reason?.trim());
}

/** The turn with the same outcome for all calls that are left, or for those that `isMeant` picks. */
export function decideCalls(
  turn: WaitingTurn,
  outcome: Decision["outcome"],
  isCovered: (pendingCall: PendingCall) => boolean = () => true,
  reason = "",
): WaitingTurn {
  const { approval, decisions } = turn;
  const covered = approval.calls.filter(isCovered);
  const newDecisions = covered.map(({ call }) => ({
    callId: call.id,
    outcome,
    ...(reason !== "" && { reason }),
  }));
  return {
    ...turn,
    approval: { ...approval, calls: approval.calls.filter((held) => !covered.includes(held)) },
    decisions: [...decisions, ...newDecisions],
  };
}

/** Why calls are not carried out. */
export type Refusals = ReadonlyMap<ToolCall, string>;

/** Each in call order. `others` go on now, those that are refused too. */
export async function reviewCalls(
  calls: readonly ToolCall[],
  policy: ApprovalPolicy,
  signal: AbortSignal,
): Promise<{
  readonly held: readonly PendingCall[];
  readonly others: readonly ToolCall[];
  readonly refusals: Refusals;
}> {
  const pending: PendingCall[] = [];
  const immediate: ToolCall[] = [];
  const refusals = new Map<ToolCall, string>();
  const verdicts = await Promise.all(
    calls.map(async (call) => ({ call, result: await policy(call, signal) })),
  );
  for (const { call, result } of verdicts) {
    if (result.verdict === "ask") {
      pending.push({ call, ...(result.preview && { preview: result.preview }) });
      continue;
    }
    immediate.push(call);
    if (result.verdict === "refuse") refusals.set(call, result.reason);
  }
  return { held: pending, others: immediate, refusals };
}

/** Those of `calls` that no decision allows. */
export function collectRefusals(calls: readonly ToolCall[], decisions: readonly Decision[]): Refusals {
  return new Map(
    calls.flatMap((call) => {
      const decision = decisions.find(({ callId }) => callId === call.id);
      return decision?.outcome === "approved" ? [] : [[call, refusalMessage(decision)] as const];
    }),
  );
}

function refusalMessage({ outcome, reason }: Partial<Decision> = {}): string {
  if (outcome === "expired") return "Not called: nobody answered in time whether it may be.";
  if (outcome === "stopped") return "Not called: the person stopped the turn instead of allowing it.";
  const explanation = reason ? ` They said: ${JSON.stringify(reason)}.` : "";
  return `Not called: the person refused it.${explanation} Do not try it again unless they ask for it.`;
}

export function withRefusals(run: RunCall, refusals: Refusals): RunCall {
  return async (call, signal) => {
    const reason = refusals.get(call);
    return reason === undefined ? await run(call, signal) : createNotRunResult(call, reason);
  };
}
