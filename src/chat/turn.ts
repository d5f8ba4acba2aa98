/**
 * One turn: a user message until its answer. The model is called in rounds; the tools it asks for run between them; what
 * happens is yielded as it happens. Nothing that was given is mutated.
 */
import { AppError } from "../errors.ts";
import type { Model } from "../model/types.ts";
import { Answer } from "./answer.ts";
import { type RunCall, runCalls } from "./calls.ts";
import { retryingShorter, VisibleHistory } from "./overflow.ts";
import { type Stamps, TurnRecord } from "./record.ts";
import { modelRequest, type RequestInput, type RequestLimits } from "./request.ts";
import { shorten } from "./shorten.ts";
import type {
  Message,
  ModelStopReason,
  StopReason,
  ToolResult,
  TurnEnd,
  TurnEvent,
  TurnId,
} from "./types.ts";

export interface TurnInput extends RequestInput {
  readonly id: TurnId;
  readonly history: readonly Message[];
  readonly message: string;
}

export interface TurnLimits extends RequestLimits {
  readonly maxToolCalls: number;
  readonly maxToolCallRounds: number;
  readonly maxParallelCalls: number;
  /** Characters of one tool result that the model sees. */
  readonly maxMessageSize: number;
}

export interface TurnPorts extends Stamps {
  readonly model: Pick<Model, "stream" | "limits">;
  readonly run: RunCall;
}

/** What a turn was given: the same from its first round to its last. */
interface TurnContext {
  readonly input: TurnInput;
  readonly limits: TurnLimits;
  readonly ports: TurnPorts;
  readonly signal: AbortSignal;
}

/** Yields `turn_started`, what happens, and exactly one `turn_ended`. Aborting `signal` stops the turn; it never throws. */
export async function* turn(
  input: TurnInput,
  limits: TurnLimits,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  const context = { input, limits, ports, signal };
  yield { type: "turn_started", turnId: input.id };
  const record = new TurnRecord(input.message, input.model, ports);
  const history = new VisibleHistory(input.history);
  let answer = new Answer();
  let limit: string | undefined;
  try {
    for (let round = 1; ; round++) {
      yield* streamAnswer(round, answer, record, history, context);
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
      for await (const result of runCalls(calls, ports.run, limits, record.calls.length, signal)) {
        const short = shorten(result, limits.maxMessageSize);
        results.push(short);
        yield { type: "call_ended", round, result: short };
      }
      limit = limitReached(round, record.calls.length + calls.length, limits);
      record.called(answer, results, limit === undefined ? undefined : LAST_ROUND);
      answer = new Answer();
      if (signal.aborted) throw new AppError("cancelled", "Stopped.");
    }
  } catch (error) {
    yield ended(input.id, broken(error, answer, record, signal));
  }
}

const LAST_ROUND =
  "The limit of tool calls for this question is reached: no further call will be carried out. Answer now with what you have, and say what is missing.";

/** One model call, its text shown as it arrives. */
async function* streamAnswer(
  round: number,
  answer: Answer,
  record: TurnRecord,
  history: VisibleHistory,
  { input, limits, ports, signal }: TurnContext,
): AsyncGenerator<TurnEvent, void> {
  let sent: readonly Message[] = [];
  const stream = () => {
    const request = modelRequest(history.messages, record.messages, input, limits, ports.model);
    sent = request.messages;
    return ports.model.stream(request, signal);
  };
  const shorten = () => history.halve(sent, record.messages);
  // The texts of two rounds would otherwise run together in clients that show the turn's text as one.
  let separator = record.text === "" || record.text.endsWith("\n") ? "" : "\n\n";
  for await (const event of retryingShorter(stream, shorten)) {
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
    }
  }
}

/** The limit that this round of calls used up, in words. */
function limitReached(round: number, calls: number, limits: TurnLimits): string | undefined {
  if (calls > limits.maxToolCalls) return `${limits.maxToolCalls} tool calls`;
  if (round >= limits.maxToolCallRounds) return `${limits.maxToolCallRounds} rounds of tool calls`;
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
