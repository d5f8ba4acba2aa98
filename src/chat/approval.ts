/** Which calls of a round a person is asked about, and what became of those that were decided. */
import { notRun, type RunCall } from "./calls.ts";
import type { CallPreview, Decision, HeldCall, ToolCall, WaitingTurn } from "./types.ts";

/** What is to be done with a call before it is carried out. `reason` is for the model. */
export type Review =
  | { readonly verdict: "run" }
  | { readonly verdict: "refuse"; readonly reason: string }
  | { readonly verdict: "ask"; readonly preview?: CallPreview };

/** Never rejects. */
export type ReviewCall = (call: ToolCall, signal: AbortSignal) => Promise<Review>;

/** What a person answers: to all calls that are left, or to some. */
export interface ApprovalAnswer {
  readonly approved: boolean;
  readonly callIds?: readonly string[] | undefined;
  readonly reason?: string | undefined;
}

/**
 * The turn with what was answered: nothing is left of it to ask when `approval.calls` is empty. `alike`: calls that the answer
 * speaks for too.
 */
export function withAnswer(
  turn: WaitingTurn,
  { approved, callIds, reason }: ApprovalAnswer,
  alike: (call: ToolCall) => boolean = () => false,
): WaitingTurn {
  const isMeant = ({ call }: HeldCall) => callIds === undefined || callIds.includes(call.id) || alike(call);
  return decidedAs(turn, approved ? "approved" : "refused", isMeant, reason?.trim());
}

/** The turn with the same outcome for all calls that are left, or for those that `isMeant` picks. */
export function decidedAs(
  turn: WaitingTurn,
  outcome: Decision["outcome"],
  isMeant: (held: HeldCall) => boolean = () => true,
  reason = "",
): WaitingTurn {
  const { approval, decisions } = turn;
  const meant = approval.calls.filter(isMeant);
  const made = meant.map(({ call }) => ({ callId: call.id, outcome, ...(reason !== "" && { reason }) }));
  return {
    ...turn,
    approval: { ...approval, calls: approval.calls.filter((held) => !meant.includes(held)) },
    decisions: [...decisions, ...made],
  };
}

/** Why calls are not carried out. */
export type Refusals = ReadonlyMap<ToolCall, string>;

/** Each in call order. `others` go on now, those that are refused too. */
export async function reviewCalls(
  calls: readonly ToolCall[],
  review: ReviewCall,
  signal: AbortSignal,
): Promise<{
  readonly held: readonly HeldCall[];
  readonly others: readonly ToolCall[];
  readonly refusals: Refusals;
}> {
  const held: HeldCall[] = [];
  const others: ToolCall[] = [];
  const refusals = new Map<ToolCall, string>();
  const reviewed = await Promise.all(
    calls.map(async (call) => ({ call, result: await review(call, signal) })),
  );
  for (const { call, result } of reviewed) {
    if (result.verdict === "ask") {
      held.push({ call, ...(result.preview && { preview: result.preview }) });
      continue;
    }
    others.push(call);
    if (result.verdict === "refuse") refusals.set(call, result.reason);
  }
  return { held, others, refusals };
}

/** Those of `calls` that no decision allows. */
export function refusalsOf(calls: readonly ToolCall[], decisions: readonly Decision[]): Refusals {
  return new Map(
    calls.flatMap((call) => {
      const decision = decisions.find(({ callId }) => callId === call.id);
      return decision?.outcome === "approved" ? [] : [[call, refusal(decision)] as const];
    }),
  );
}

function refusal({ outcome, reason }: Partial<Decision> = {}): string {
  if (outcome === "expired") return "Not called: nobody answered in time whether it may be.";
  if (outcome === "stopped") return "Not called: the person stopped the turn instead of allowing it.";
  const said = reason ? ` They said: ${JSON.stringify(reason)}.` : "";
  return `Not called: the person refused it.${said} Do not try it again unless they ask for it.`;
}

export function unlessRefused(run: RunCall, refusals: Refusals): RunCall {
  return async (call, signal) => {
    const reason = refusals.get(call);
    return reason === undefined ? await run(call, signal) : notRun(call, reason);
  };
}
