/**
 * One turn: a user message until its answer. The model is called in rounds; the tools it asks for run between them; what
 * happens is yielded as it happens. Nothing that was given is mutated.
 */
import { AppError, toInternalError } from "../errors.ts";
import type { Model } from "../model/types.ts";
import { type ApprovalPolicy, collectRefusals, reviewCalls, withRefusals } from "./approval.ts";
import { UnsupportedAttachments } from "./attachments/unsupported-attachments.ts";
import { type RunCall, runCalls } from "./calls.ts";
import type { HistoryWindow } from "./context/history-window.ts";
import { retryWithShorterRequest, TurnRequestBuilder } from "./context/overflow.ts";
import {
  buildModelRequest,
  estimateRequestTokens,
  type RequestInput,
  type RequestLimits,
} from "./context/request.ts";
import { resultBudget } from "./context/result-budget.ts";
import { describeReachedLimit, finalRoundNote, type TurnQuota } from "./limits.ts";
import { TurnRecord, type UserInput } from "./record.ts";
import { withCallDeduplication } from "./repeats.ts";
import { ReplyBuilder } from "./reply.ts";
import { TokenRatios } from "./tokens.ts";
import type {
  ApprovalId,
  Message,
  ModelStopReason,
  PendingCall,
  StampSource,
  StopReason,
  ToolCall,
  ToolResult,
  TurnEnd,
  TurnEvent,
  TurnId,
  WaitingTurn,
} from "./types.ts";

export interface TurnInput extends RequestInput {
  readonly id: TurnId;
  readonly history: HistoryWindow;
}

export interface TurnLimits extends RequestLimits, TurnQuota {
  readonly maxParallelCalls: number;
  /** Seconds a call may wait for a person. */
  readonly approvalTimeout: number;
}

export interface TurnPorts extends StampSource {
  readonly model: Pick<Model, "stream" | "limits" | "cost">;
  readonly run: RunCall;
  /** The result as the model is to see it, within `room` characters or little more. Never rejects. */
  readonly truncate: (result: ToolResult, room: number) => Promise<ToolResult>;
  /** Whether a person is asked before a call. Default: never. */
  readonly approvalPolicy?: ApprovalPolicy;
  /** Calls that count towards no limit. Default: none. */
  readonly isFree?: (call: ToolCall) => boolean;
  /** Tools that change nothing: the same call again shares the result. Default: none. */
  readonly isReadOnly?: (tool: string) => boolean;
  /** What the session has learned of its tokens; it learns on. */
  readonly ratios?: TokenRatios;
}

/** What a turn was given: the same from its first round to its last. */
interface ActiveTurn {
  readonly input: TurnInput;
  readonly limits: TurnLimits;
  readonly ports: TurnPorts;
  readonly signal: AbortSignal;
  readonly ratios: TokenRatios;
  readonly unsupportedAttachments: UnsupportedAttachments;
}

/**
 * Yields `turn_started`, what happens, and exactly one `turn_ended`, or `turn_waiting` where a person has to be asked.
 * Aborting `signal` stops the turn; it never throws.
 */
export async function* startTurn(
  input: TurnInput & UserInput,
  limits: TurnLimits,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  const { record, question } = TurnRecord.start(input.model, input, ports);
  yield { type: "turn_started", turnId: input.id, question };
  yield* runRounds(record, undefined, createContext(input, limits, ports, signal));
}

/**
 * Goes on with a turn whose calls were all decided. `messages`: the turn's own, from its question on; `history` is what
 * stands before them. Ends as {@link startTurn} does.
 */
export async function* continueTurn(
  input: TurnInput & { readonly waiting: WaitingTurn; readonly messages: readonly Message[] },
  limits: TurnLimits,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  const record = TurnRecord.resume(input.waiting, input.messages, ports);
  yield* runRounds(record, input.waiting, createContext(input, limits, ports, signal));
}

function createContext(
  input: TurnInput,
  limits: TurnLimits,
  ports: TurnPorts,
  signal: AbortSignal,
): ActiveTurn {
  const ratios = ports.ratios ?? new TokenRatios();
  return { input, limits, ports, signal, ratios, unsupportedAttachments: new UnsupportedAttachments() };
}

/** @param waiting the round that is completed first. */
async function* runRounds(
  record: TurnRecord,
  waiting: WaitingTurn | undefined,
  context: ActiveTurn,
): AsyncGenerator<TurnEvent, void> {
  const { input, limits, ports } = context;
  const requestBuilder = new TurnRequestBuilder(
    (measure) => buildModelRequest(input.history, record.messages, input, limits, ports.model, measure),
    context.ratios.get(input.model),
  );
  const run = withCallDeduplication(ports.run, ports.isReadOnly ?? (() => false), record.calls);
  let reply = new ReplyBuilder();
  let limit: string | undefined;
  try {
    if (waiting) {
      const results = yield* runDecidedCalls(record, waiting, run, context);
      limit = checkLimits(record, context);
      yield* addMessages(record.addResults(results, limit && finalRoundNote(limit)));
    }
    for (let round = record.rounds + 1; ; round++) {
      reply = new ReplyBuilder();
      yield* streamReply(round, reply, record, requestBuilder, context);
      if (limit !== undefined) {
        yield* streamLimitNotice(round, limit, reply, record);
        yield createTurnEnded(input.id, record.createEnd("tool_limit"));
        return;
      }
      if (reply.calls.length === 0) {
        const stopReason = toStopReason(reply);
        yield* addMessages(record.addReply(reply, reply.parts, stopReason));
        yield createTurnEnded(input.id, record.createEnd(stopReason));
        return;
      }
      yield* addMessages(record.addReply(reply, reply.parts));
      for (const call of record.openCalls) yield { type: "call_started", round, call };
      const { held, results } = yield* runNewCalls(round, record, run, context);
      if (held.length > 0) {
        yield { type: "turn_waiting", turn: createWaitingTurn(held, results, record, context) };
        return;
      }
      limit = checkLimits(record, context);
      yield* addMessages(record.addResults(results, limit && finalRoundNote(limit)));
    }
  } catch (error) {
    yield* endWithError(error, reply, record, context);
  }
}

/** The calls of a round, but for those that a person has to decide on. */
async function* runNewCalls(
  round: number,
  record: TurnRecord,
  run: RunCall,
  context: ActiveTurn,
): AsyncGenerator<
  TurnEvent,
  { readonly held: readonly PendingCall[]; readonly results: readonly ToolResult[] }
> {
  const { ports, signal } = context;
  const { approvalPolicy: policy = async () => ({ verdict: "run" }) as const } = ports;
  const { held, others, refusals } = await reviewCalls(record.openCalls, policy, signal);
  const callsSoFar = countLimitedCalls(record.calls, ports);
  const results = yield* runAndTruncate(
    round,
    others,
    callsSoFar,
    withRefusals(run, refusals),
    record,
    [],
    context,
  );
  return { held, results };
}

/** What a person has decided on, behind the results of what ran before they were asked. */
async function* runDecidedCalls(
  record: TurnRecord,
  { decisions, results: earlierResults }: WaitingTurn,
  run: RunCall,
  context: ActiveTurn,
): AsyncGenerator<TurnEvent, readonly ToolResult[]> {
  const { ports, limits } = context;
  const openCalls = record.openCalls.filter(({ id }) => !earlierResults.some(({ callId }) => callId === id));
  // Whoever was asked has decided: the limit was looked at before.
  const callsSoFar = Math.min(countLimitedCalls(record.calls, ports), limits.maxToolCalls - openCalls.length);
  const runApproved = withRefusals(run, collectRefusals(openCalls, decisions));
  return yield* runAndTruncate(
    record.rounds + 1,
    openCalls,
    callsSoFar,
    runApproved,
    record,
    earlierResults,
    context,
  );
}

/** Adds to `before` the results of `calls`, each as the model is to see it. `used`: calls that count towards the limit. */
async function* runAndTruncate(
  round: number,
  calls: readonly ToolCall[],
  callsSoFar: number,
  run: RunCall,
  record: TurnRecord,
  earlierResults: readonly ToolResult[],
  { input, limits, ports, signal }: ActiveTurn,
): AsyncGenerator<TurnEvent, readonly ToolResult[]> {
  const results = [...earlierResults];
  for await (const result of runCalls(calls, run, limits, callsSoFar, signal, ports.isFree)) {
    const { contextTokens } = ports.model.limits(input.model);
    const previousResults = [...record.results, ...results];
    const truncated = await ports.truncate(
      result,
      resultBudget(contextTokens, limits.maxMessageSize, previousResults),
    );
    results.push(truncated);
    yield { type: "call_ended", round, result: truncated };
  }
  return results;
}

function createWaitingTurn(
  calls: readonly PendingCall[],
  results: readonly ToolResult[],
  record: TurnRecord,
  { input, limits, ports }: ActiveTurn,
): WaitingTurn {
  const expiresAt = new Date(ports.now().getTime() + limits.approvalTimeout * 1000).toISOString();
  const approval = { id: ports.newId() as ApprovalId, calls, expiresAt };
  const { id, model } = input;
  return { status: "waiting", id, approval, decisions: [], results, model, text: record.text };
}

/** The limit that was reached with the calls of this round. */
function checkLimits(record: TurnRecord, { limits, ports }: ActiveTurn): string | undefined {
  const rounds = record.rounds + 1;
  const calls = countLimitedCalls([...record.calls, ...record.openCalls], ports);
  return describeReachedLimit({ ...record.consumption(ports.model.cost), rounds, calls }, limits);
}

/** Calls that count towards the limit of the turn. */
function countLimitedCalls(calls: readonly ToolCall[], { isFree = () => false }: TurnPorts): number {
  return calls.filter((call) => !isFree(call)).length;
}

/** One model call, its text shown as it arrives. */
async function* streamReply(
  round: number,
  reply: ReplyBuilder,
  record: TurnRecord,
  requestBuilder: TurnRequestBuilder,
  { input, ports, signal, ratios, unsupportedAttachments }: ActiveTurn,
): AsyncGenerator<TurnEvent, void> {
  let estimated = 0;
  const stream = () => {
    const request = requestBuilder.buildNext();
    estimated = estimateRequestTokens(request, input.toolTokens);
    return unsupportedAttachments.prependNotice(
      request,
      ports.model.limits(input.model),
      ports.model.stream(request, signal),
    );
  };
  // The texts of two rounds would otherwise run together in clients that show the turn's text as one.
  let separator = record.text === "" || record.text.endsWith("\n") ? "" : "\n\n";
  for await (const event of retryWithShorterRequest(stream, () => requestBuilder.halve())) {
    reply.add(event);
    if (event.type === "text") {
      for (const text of separator === "" ? [event.text] : [separator, event.text]) {
        record.appendText(text);
        yield { type: "text_delta", round, text };
      }
      separator = "";
    } else if (event.type === "reasoning" && event.text !== "") {
      yield { type: "reasoning_delta", round, text: event.text };
    } else if (event.type === "notice") {
      yield event;
    } else if (event.type === "end" && event.model === undefined && !requestBuilder.wasHalved) {
      // Another model was sent another part of the history, and two calls were counted as one.
      ratios.record(input.model, estimated, event.usage);
    }
  }
}

/** The last answer of a turn that used up its tool calls: further ones are dropped, and the text says why it ends. */
function* streamLimitNotice(
  round: number,
  limit: string,
  reply: ReplyBuilder,
  record: TurnRecord,
): Generator<TurnEvent, void> {
  const notice = `(I stopped here: one question may use ${limit}, and that limit was reached.)`;
  const text = record.text === "" ? notice : `\n\n${notice}`;
  record.appendText(text);
  yield { type: "text_delta", round, text };
  const parts = reply.parts.filter((part) => part.type !== "call");
  yield* addMessages(record.addReply(reply, [...parts, { type: "text", text: notice }], "tool_limit"));
}

/** A turn that was stopped or failed: what was said is kept, in a form the next turn can go on from. */
function* endWithError(
  error: unknown,
  reply: ReplyBuilder,
  record: TurnRecord,
  { input, signal }: ActiveTurn,
): Generator<TurnEvent, void> {
  if (record.openCalls.length > 0) {
    yield* addMessages(record.addResults([]));
  } else {
    // Reasoning without its signature cannot go back to the model, and calls without results would break the pairing.
    const textParts = reply.parts.filter((part) => part.type === "text");
    yield* addMessages(record.addReply(reply, textParts, signal.aborted ? "stopped" : "interrupted"));
  }
  if (signal.aborted) yield createTurnEnded(input.id, record.createEnd("stopped"));
  else if (error instanceof AppError) yield createTurnEnded(input.id, record.createFailedEnd(error));
  else yield createTurnEnded(input.id, record.createFailedEnd(toInternalError(error)));
}

function* addMessages(messages: readonly Message[]): Generator<TurnEvent, void> {
  for (const message of messages) yield { type: "message_added", message };
}

function createTurnEnded(turnId: TurnId, end: TurnEnd): TurnEvent {
  return { type: "turn_ended", turnId, end };
}

function toStopReason({ end, parts }: ReplyBuilder): StopReason {
  const stopReason: ModelStopReason = end?.stopReason ?? "end_turn";
  if (stopReason === "malformed" && parts.length === 0) {
    throw new AppError("model_refused", "The model's answer could not be read. Please ask again.", {
      retryable: true,
    });
  }
  return stopReason === "tool_use" || stopReason === "malformed" ? "end_turn" : stopReason;
}
