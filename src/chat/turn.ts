/**
 * One turn: a user message until its answer. The model is called in rounds; the tools it asks for run between them; what
 * happens is yielded as it happens. Nothing that was given is mutated.
 */
import { AppError, bug } from "../errors.ts";
import type { Model } from "../model/types.ts";
import { type ReviewCall, refusalsOf, reviewCalls, unlessRefused } from "./approval.ts";
import { UnreadFiles } from "./attachments/unsupported-attachments.ts";
import { type RunCall, runCalls } from "./calls.ts";
import type { History } from "./context/history-window.ts";
import { retryingShorter, TurnRequests } from "./context/overflow.ts";
import { estimateRequest, modelRequest, type RequestInput, type RequestLimits } from "./context/request.ts";
import { roomForResult } from "./context/result-budget.ts";
import { lastRoundNote, limitReached, type UseLimits } from "./limits.ts";
import { type Asked, TurnRecord } from "./record.ts";
import { withoutRepeats } from "./repeats.ts";
import { Answer } from "./reply.ts";
import { TokenRatios } from "./tokens.ts";
import type {
  ApprovalId,
  HeldCall,
  Message,
  ModelStopReason,
  Stamps,
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
  readonly history: History;
}

export interface TurnLimits extends RequestLimits, UseLimits {
  readonly maxParallelCalls: number;
  /** Seconds a call may wait for a person. */
  readonly approvalTimeout: number;
}

export interface TurnPorts extends Stamps {
  readonly model: Pick<Model, "stream" | "limits" | "cost">;
  readonly run: RunCall;
  /** The result as the model is to see it, within `room` characters or little more. Never rejects. */
  readonly fit: (result: ToolResult, room: number) => Promise<ToolResult>;
  /** Whether a person is asked before a call. Default: never. */
  readonly review?: ReviewCall;
  /** Calls that count towards no limit. Default: none. */
  readonly isFree?: (call: ToolCall) => boolean;
  /** Tools that change nothing: the same call again shares the result. Default: none. */
  readonly isReadOnly?: (tool: string) => boolean;
  /** What the session has learned of its tokens; it learns on. */
  readonly ratios?: TokenRatios;
}

/** What a turn was given: the same from its first round to its last. */
interface TurnContext {
  readonly input: TurnInput;
  readonly limits: TurnLimits;
  readonly ports: TurnPorts;
  readonly signal: AbortSignal;
  readonly ratios: TokenRatios;
  readonly unread: UnreadFiles;
}

/**
 * Yields `turn_started`, what happens, and exactly one `turn_ended`, or `turn_waiting` where a person has to be asked.
 * Aborting `signal` stops the turn; it never throws.
 */
export async function* turn(
  input: TurnInput & Asked,
  limits: TurnLimits,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  const { record, question } = TurnRecord.begin(input.model, input, ports);
  yield { type: "turn_started", turnId: input.id, question };
  yield* rounds(record, undefined, contextOf(input, limits, ports, signal));
}

/**
 * Goes on with a turn whose calls were all decided. `messages`: the turn's own, from its question on; `history` is what
 * stands before them. Ends as {@link turn} does.
 */
export async function* continueTurn(
  input: TurnInput & { readonly waiting: WaitingTurn; readonly messages: readonly Message[] },
  limits: TurnLimits,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  const record = TurnRecord.goOn(input.waiting, input.messages, ports);
  yield* rounds(record, input.waiting, contextOf(input, limits, ports, signal));
}

function contextOf(input: TurnInput, limits: TurnLimits, ports: TurnPorts, signal: AbortSignal): TurnContext {
  const ratios = ports.ratios ?? new TokenRatios();
  return { input, limits, ports, signal, ratios, unread: new UnreadFiles() };
}

/** @param waiting the round that is completed first. */
async function* rounds(
  record: TurnRecord,
  waiting: WaitingTurn | undefined,
  context: TurnContext,
): AsyncGenerator<TurnEvent, void> {
  const { input, limits, ports } = context;
  const requests = new TurnRequests(
    (measure) => modelRequest(input.history, record.messages, input, limits, ports.model, measure),
    context.ratios.of(input.model),
  );
  const run = withoutRepeats(ports.run, ports.isReadOnly ?? (() => false), record.calls);
  let answer = new Answer();
  let limit: string | undefined;
  try {
    if (waiting) {
      const results = yield* carryOutDecided(record, waiting, run, context);
      limit = limitNow(record, context);
      yield* added(record.called(results, limit && lastRoundNote(limit)));
    }
    for (let round = record.rounds + 1; ; round++) {
      answer = new Answer();
      yield* streamAnswer(round, answer, record, requests, context);
      if (limit !== undefined) {
        yield* sayLimit(round, limit, answer, record);
        yield ended(input.id, record.ended("tool_limit"));
        return;
      }
      if (answer.calls.length === 0) {
        const stopReason = turnStopReason(answer);
        yield* added(record.answered(answer, answer.parts, stopReason));
        yield ended(input.id, record.ended(stopReason));
        return;
      }
      yield* added(record.answered(answer, answer.parts));
      for (const call of record.openCalls) yield { type: "call_started", round, call };
      const { held, results } = yield* carryOut(round, record, run, context);
      if (held.length > 0) {
        yield { type: "turn_waiting", turn: waitingTurn(held, results, record, context) };
        return;
      }
      limit = limitNow(record, context);
      yield* added(record.called(results, limit && lastRoundNote(limit)));
    }
  } catch (error) {
    yield* broken(error, answer, record, context);
  }
}

/** The calls of a round, but for those that a person has to decide on. */
async function* carryOut(
  round: number,
  record: TurnRecord,
  run: RunCall,
  context: TurnContext,
): AsyncGenerator<
  TurnEvent,
  { readonly held: readonly HeldCall[]; readonly results: readonly ToolResult[] }
> {
  const { ports, signal } = context;
  const { review = async () => ({ verdict: "run" }) as const } = ports;
  const { held, others, refusals } = await reviewCalls(record.openCalls, review, signal);
  const before = counted(record.calls, ports);
  const results = yield* runAll(round, others, before, unlessRefused(run, refusals), record, [], context);
  return { held, results };
}

/** What a person has decided on, behind the results of what ran before they were asked. */
async function* carryOutDecided(
  record: TurnRecord,
  { decisions, results: before }: WaitingTurn,
  run: RunCall,
  context: TurnContext,
): AsyncGenerator<TurnEvent, readonly ToolResult[]> {
  const { ports, limits } = context;
  const open = record.openCalls.filter(({ id }) => !before.some(({ callId }) => callId === id));
  // Whoever was asked has decided: the limit was looked at before.
  const used = Math.min(counted(record.calls, ports), limits.maxToolCalls - open.length);
  const runApproved = unlessRefused(run, refusalsOf(open, decisions));
  return yield* runAll(record.rounds + 1, open, used, runApproved, record, before, context);
}

/** Adds to `before` the results of `calls`, each as the model is to see it. `used`: calls that count towards the limit. */
async function* runAll(
  round: number,
  calls: readonly ToolCall[],
  used: number,
  run: RunCall,
  record: TurnRecord,
  before: readonly ToolResult[],
  { input, limits, ports, signal }: TurnContext,
): AsyncGenerator<TurnEvent, readonly ToolResult[]> {
  const results = [...before];
  for await (const result of runCalls(calls, run, limits, used, signal, ports.isFree)) {
    const { contextTokens } = ports.model.limits(input.model);
    const seen = [...record.results, ...results];
    const fitted = await ports.fit(result, roomForResult(contextTokens, limits.maxMessageSize, seen));
    results.push(fitted);
    yield { type: "call_ended", round, result: fitted };
  }
  return results;
}

function waitingTurn(
  calls: readonly HeldCall[],
  results: readonly ToolResult[],
  record: TurnRecord,
  { input, limits, ports }: TurnContext,
): WaitingTurn {
  const expiresAt = new Date(ports.now().getTime() + limits.approvalTimeout * 1000).toISOString();
  const approval = { id: ports.newId() as ApprovalId, calls, expiresAt };
  const { id, model } = input;
  return { status: "waiting", id, approval, decisions: [], results, model, text: record.text };
}

/** The limit that was reached with the calls of this round. */
function limitNow(record: TurnRecord, { limits, ports }: TurnContext): string | undefined {
  const rounds = record.rounds + 1;
  const calls = counted([...record.calls, ...record.openCalls], ports);
  return limitReached({ ...record.used(ports.model.cost), rounds, calls }, limits);
}

/** Calls that count towards the limit of the turn. */
function counted(calls: readonly ToolCall[], { isFree = () => false }: TurnPorts): number {
  return calls.filter((call) => !isFree(call)).length;
}

/** One model call, its text shown as it arrives. */
async function* streamAnswer(
  round: number,
  answer: Answer,
  record: TurnRecord,
  requests: TurnRequests,
  { input, ports, signal, ratios, unread }: TurnContext,
): AsyncGenerator<TurnEvent, void> {
  let estimated = 0;
  const stream = () => {
    const request = requests.next();
    estimated = estimateRequest(request, input.toolTokens);
    return unread.before(request, ports.model.limits(input.model), ports.model.stream(request, signal));
  };
  // The texts of two rounds would otherwise run together in clients that show the turn's text as one.
  let separator = record.text === "" || record.text.endsWith("\n") ? "" : "\n\n";
  for await (const event of retryingShorter(stream, () => requests.halve())) {
    answer.add(event);
    if (event.type === "text") {
      for (const text of separator === "" ? [event.text] : [separator, event.text]) {
        record.showed(text);
        yield { type: "text_delta", round, text };
      }
      separator = "";
    } else if (event.type === "reasoning" && event.text !== "") {
      yield { type: "reasoning_delta", round, text: event.text };
    } else if (event.type === "notice") {
      yield event;
    } else if (event.type === "end" && event.model === undefined && !requests.wereHalved) {
      // Another model was sent another part of the history, and two calls were counted as one.
      ratios.learn(input.model, estimated, event.usage);
    }
  }
}

/** The last answer of a turn that used up its tool calls: further ones are dropped, and the text says why it ends. */
function* sayLimit(
  round: number,
  limit: string,
  answer: Answer,
  record: TurnRecord,
): Generator<TurnEvent, void> {
  const said = `(I stopped here: one question may use ${limit}, and that limit was reached.)`;
  const text = record.text === "" ? said : `\n\n${said}`;
  record.showed(text);
  yield { type: "text_delta", round, text };
  const kept = answer.parts.filter((part) => part.type !== "call");
  yield* added(record.answered(answer, [...kept, { type: "text", text: said }], "tool_limit"));
}

/** A turn that was stopped or failed: what was said is kept, in a form the next turn can go on from. */
function* broken(
  error: unknown,
  answer: Answer,
  record: TurnRecord,
  { input, signal }: TurnContext,
): Generator<TurnEvent, void> {
  if (record.openCalls.length > 0) {
    yield* added(record.called([]));
  } else {
    // Reasoning without its signature cannot go back to the model, and calls without results would break the pairing.
    const said = answer.parts.filter((part) => part.type === "text");
    yield* added(record.answered(answer, said, signal.aborted ? "stopped" : "interrupted"));
  }
  if (signal.aborted) yield ended(input.id, record.ended("stopped"));
  else if (error instanceof AppError) yield ended(input.id, record.failed(error));
  else yield ended(input.id, record.failed(bug(error)));
}

function* added(messages: readonly Message[]): Generator<TurnEvent, void> {
  for (const message of messages) yield { type: "message_added", message };
}

function ended(turnId: TurnId, end: TurnEnd): TurnEvent {
  return { type: "turn_ended", turnId, end };
}

function turnStopReason({ end, parts }: Answer): StopReason {
  const stopReason: ModelStopReason = end?.stopReason ?? "end_turn";
  if (stopReason === "malformed" && parts.length === 0) {
    throw new AppError("model_refused", "The model's answer could not be read. Please ask again.", {
      retryable: true,
    });
  }
  return stopReason === "tool_use" || stopReason === "malformed" ? "end_turn" : stopReason;
}
