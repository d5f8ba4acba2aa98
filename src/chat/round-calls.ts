/** The tool calls of one round: started, reviewed, run, and their results added to the history. */
import type { ActiveTurn, TurnPorts } from "./active-turn.ts";
import { collectRefusals, findChangedCalls, reviewCalls, withRefusals } from "./approval.ts";
import { describeCallLimit, type RunCall, runCalls } from "./calls.ts";
import { resultBudget } from "./context/result-budget.ts";
import { applyEdits, describeEdits, withSentArguments } from "./edited-calls.ts";
import { describeReachedLimit, finalRoundNote } from "./limits.ts";
import type { ReplyBuilder } from "./reply.ts";
import type {
  ApprovalId,
  DecidedRound,
  PendingCall,
  ToolCall,
  ToolResult,
  TurnEvent,
  Usage,
  WaitingTurn,
} from "./types.ts";

/** Adds the reply to the history and announces its calls. */
export function* startCalls(
  round: number,
  reply: ReplyBuilder,
  { record }: ActiveTurn,
): Generator<TurnEvent, void> {
  for (const message of record.addReply(reply, reply.parts)) yield { type: "message_added", message };
  for (const call of record.openCalls) yield { type: "call_started", round, call };
}

/** The calls of a round that were run, and those that need approval first. */
export interface RunRound {
  readonly pending: readonly PendingCall[];
  readonly results: readonly ToolResult[];
}

/** Runs the open calls, except those that need approval, which are returned as `pending`. */
export async function* runNewCalls(round: number, turn: ActiveTurn): AsyncGenerator<TurnEvent, RunRound> {
  const { limits, ports, record, run, signal } = turn;
  const reviewed = await reviewCalls(record.openCalls, ports.approvalPolicy, signal);
  const callsSoFar = countLimitedCalls(record.calls, ports);
  const isImmediate = (call: ToolCall) => reviewed.immediate.includes(call);
  const immediateCount = countLimitedCalls(reviewed.immediate, ports);
  const { isFree = () => false } = ports;
  const excess = reviewed.pending
    .map(({ call }) => call)
    .filter((call) => !isFree(call))
    .slice(Math.max(0, limits.maxToolCalls - callsSoFar - immediateCount));
  const pending = reviewed.pending.filter(({ call }) => !excess.includes(call));
  // Nobody is asked about a call that the limit of the turn does not allow.
  const refusals = new Map([
    ...reviewed.refusals,
    ...excess.map((call) => [call, { reason: describeCallLimit(limits), code: "limit" }] as const),
  ]);
  const calls = record.openCalls.filter((call) => isImmediate(call) || excess.includes(call));
  const results = yield* runAndTruncate(round, calls, callsSoFar, withRefusals(run, refusals), [], turn);
  return { pending, results };
}

/** Runs the calls that were pending. An approved call whose request has changed since is pending again. */
export async function* runApprovedCalls(
  { decisions, results: earlierResults }: DecidedRound,
  turn: ActiveTurn,
): AsyncGenerator<TurnEvent, RunRound> {
  const { limits, ports, record, signal } = turn;
  const unanswered = record.openCalls.filter(({ id }) => !earlierResults.some(({ callId }) => callId === id));
  const open = applyEdits(unanswered, decisions);
  const pending = await findChangedCalls(open, decisions, ports.approvalPolicy, signal);
  const calls = open.filter((call) => !pending.some((changed) => changed.call === call));
  // An approved call runs even at the limit, which was checked before approval was requested.
  const callsSoFar = Math.min(countLimitedCalls(record.calls, ports), limits.maxToolCalls - calls.length);
  const run = withRefusals(withSentArguments(turn.run, decisions), collectRefusals(calls, decisions));
  const results = yield* runAndTruncate(record.rounds + 1, calls, callsSoFar, run, earlierResults, turn);
  return { pending, results };
}

/** Adds the results of the round to the history. Returns a description of the limit that was reached, if any. */
export function* addResults(
  results: readonly ToolResult[],
  turn: ActiveTurn,
): Generator<TurnEvent, string | undefined> {
  const limit = findReachedLimit(turn);
  const notes = [describeEdits(results), limit && finalRoundNote(limit)].filter(Boolean);
  const note = notes.length === 0 ? undefined : notes.join("\n\n");
  for (const message of turn.record.addResults(results, note)) yield { type: "message_added", message };
  return limit;
}

/** Returns the event that suspends the turn until a person decides on `calls`. */
export function suspendForApproval(
  calls: readonly PendingCall[],
  results: readonly ToolResult[],
  { input, limits, ports, record }: ActiveTurn,
): TurnEvent {
  const expiresAt = new Date(ports.now().getTime() + limits.approvalTimeout * 1000).toISOString();
  const approval = { id: ports.newId() as ApprovalId, calls, expiresAt };
  const { id, model } = input;
  const turn: WaitingTurn = {
    status: "waiting",
    id,
    approval,
    decisions: [],
    results,
    model,
    text: record.text,
  };
  return { type: "turn_waiting", turn };
}

/**
 * Runs `calls`, truncates each result to its budget, and returns `earlierResults` followed by the new ones.
 * @param callsSoFar calls of the turn that count towards its limit.
 */
async function* runAndTruncate(
  round: number,
  calls: readonly ToolCall[],
  callsSoFar: number,
  run: RunCall,
  earlierResults: readonly ToolResult[],
  { input, limits, ports, record, signal }: ActiveTurn,
): AsyncGenerator<TurnEvent, readonly ToolResult[]> {
  const results = [...earlierResults];
  for await (const result of runCalls(calls, run, limits, callsSoFar, signal, ports.isFree)) {
    const { contextTokens } = ports.model.limits(input.model);
    const previousResults = [...record.results, ...results];
    const budget = resultBudget(contextTokens, limits.maxMessageSize, previousResults);
    const truncated = await ports.truncate(result, budget);
    results.push(truncated);
    yield { type: "call_ended", round, result: truncated };
  }
  return results;
}

/** Describes the limit that the turn reaches with its open calls. */
function findReachedLimit({ limits, ports, record }: ActiveTurn): string | undefined {
  const rounds = record.rounds + 1;
  const calls = countLimitedCalls([...record.calls, ...record.openCalls], ports);
  const { cost, estimateCost } = ports.model;
  const limitedCost = (model: string, usage: Usage) =>
    cost(model, usage) ?? estimateCost?.(model, usage) ?? 0;
  return describeReachedLimit({ ...record.consumption(limitedCost), rounds, calls }, limits);
}

/** Counts the calls that count towards the limit of the turn. */
function countLimitedCalls(calls: readonly ToolCall[], { isFree = () => false }: TurnPorts): number {
  return calls.filter((call) => !isFree(call)).length;
}
