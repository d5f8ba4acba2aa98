/**
 * One turn: a user message until its answer. The model is called in rounds; the tools it asks for run between them; what
 * happens is yielded as it happens. Nothing that was given is mutated.
 */
import { AppError } from "../errors.ts";
import type { Model } from "../model/types.ts";
import { Answer } from "./answer.ts";
import { type RunCall, runCalls } from "./calls.ts";
import { lastRoundNote, limitReached, type UseLimits } from "./limits.ts";
import { retryingShorter, TurnRequests } from "./overflow.ts";
import { type Stamps, TurnRecord } from "./record.ts";
import { withoutRepeats } from "./repeats.ts";
import { estimateRequest, modelRequest, type RequestInput, type RequestLimits } from "./request.ts";
import { roomForResult } from "./room.ts";
import { TokenRatios } from "./tokens.ts";
import type {
  ModelStopReason,
  ResultFile,
  StopReason,
  ToolCall,
  ToolResult,
  TurnEnd,
  TurnEvent,
  TurnId,
} from "./types.ts";
import { UnreadFiles } from "./unread.ts";
import type { History } from "./visible.ts";

export interface TurnInput extends RequestInput {
  readonly id: TurnId;
  readonly history: History;
  readonly message: string;
  readonly attachments?: readonly ResultFile[];
}

export interface TurnLimits extends RequestLimits, UseLimits {
  readonly maxParallelCalls: number;
}

export interface TurnPorts extends Stamps {
  readonly model: Pick<Model, "stream" | "limits" | "cost">;
  readonly run: RunCall;
  /** The result as the model is to see it, within `room` characters or little more. Never rejects. */
  readonly fit: (result: ToolResult, room: number) => Promise<ToolResult>;
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

/** Yields `turn_started`, what happens, and exactly one `turn_ended`. Aborting `signal` stops the turn; it never throws. */
export async function* turn(
  input: TurnInput,
  limits: TurnLimits,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  const context = {
    input,
    limits,
    ports,
    signal,
    ratios: ports.ratios ?? new TokenRatios(),
    unread: new UnreadFiles(),
  };
  yield { type: "turn_started", turnId: input.id };
  const record = new TurnRecord(input, ports);
  const requests = new TurnRequests(
    (measure) => modelRequest(input.history, record.messages, input, limits, ports.model, measure),
    context.ratios.of(input.model),
  );
  const run = withoutRepeats(ports.run, ports.isReadOnly ?? (() => false));
  let answer = new Answer();
  let limit: string | undefined;
  try {
    for (let round = 1; ; round++) {
      yield* streamAnswer(round, answer, record, requests, context);
      const { calls } = answer;
      if (limit !== undefined) {
        yield* sayLimit(round, limit, answer, record);
        yield ended(input.id, record.ended("tool_limit"));
        return;
      }
      if (calls.length === 0) {
        const stopReason = turnStopReason(answer);
        record.answered(answer, answer.parts, stopReason);
        yield ended(input.id, record.ended(stopReason));
        return;
      }
      for (const call of calls) yield { type: "call_started", round, call };
      const results: ToolResult[] = [];
      const before = counted(record.calls, ports);
      for await (const result of runCalls(calls, run, limits, before, signal, ports.isFree)) {
        const { contextTokens } = ports.model.limits(input.model);
        const seen = [...record.results, ...results];
        const fitted = await ports.fit(result, roomForResult(contextTokens, limits.maxMessageSize, seen));
        results.push(fitted);
        yield { type: "call_ended", round, result: fitted };
      }
      limit = limitReached(
        { ...record.used(answer, ports.model.cost), rounds: round, calls: before + counted(calls, ports) },
        limits,
      );
      record.called(answer, results, limit === undefined ? undefined : lastRoundNote(limit));
      answer = new Answer();
    }
  } catch (error) {
    yield ended(input.id, broken(error, answer, record, signal));
  }
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
  record.answered(answer, [...kept, { type: "text", text: said }], "tool_limit");
}

/** A turn that was stopped or failed: what was said is kept, in a form the next turn can go on from. */
function broken(error: unknown, answer: Answer, record: TurnRecord, signal: AbortSignal): TurnEnd {
  // Reasoning without its signature cannot go back to the model, and calls without results would break the pairing.
  const said = answer.parts.filter((part) => part.type === "text");
  record.answered(answer, said, signal.aborted ? "stopped" : "interrupted");
  if (signal.aborted) return record.ended("stopped");
  if (error instanceof AppError) return record.failed(error);
  return record.failed(
    new AppError("internal", "Something went wrong on our side. Please try again.", { cause: error }),
  );
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
