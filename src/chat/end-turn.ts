/** The last events of a turn: its final messages and exactly one `turn_ended`. */
import { AppError, toInternalError, withDoneCalls } from "../errors.ts";
import type { ActiveTurn } from "./active-turn.ts";
import { describeEmptyReply, isEmptyReply } from "./empty-reply.ts";
import { ReplyBuilder } from "./reply.ts";
import type { Message, ModelStopReason, StopReason, TurnEvent } from "./types.ts";

/**
 * Ends the turn with a reply that asks for no calls. An empty one is replaced by a text that says why.
 * @throws AppError `model_refused` when the reply is malformed and has no content.
 */
export function* endWithReply(
  round: number,
  reply: ReplyBuilder,
  { input, record }: ActiveTurn,
): Generator<TurnEvent, void> {
  const stopReason = toStopReason(reply);
  const isEmpty = isEmptyReply(reply);
  const notice = describeEmptyReply(stopReason, reply);
  if (isEmpty) {
    const text = record.text === "" ? notice : `\n\n${notice}`;
    record.appendText(text);
    yield { type: "text_delta", round, text };
  }
  const parts = isEmpty ? ([{ type: "text", text: notice }] as const) : reply.parts;
  yield* addMessages(record.addReply(reply, parts, stopReason));
  yield { type: "turn_ended", turnId: input.id, end: record.createEnd(stopReason) };
}

/** Ends a turn that reached a limit. Drops further calls and appends a notice that names the limit. */
export function endAtLimit(
  round: number,
  limit: string,
  reply: ReplyBuilder,
  turn: ActiveTurn,
): Generator<TurnEvent, void> {
  const notice = `(I stopped here: one message may use ${limit}, and that limit was reached.)`;
  return endWithNotice(round, notice, reply, turn);
}

/** Ends a turn before a further round, because a budget is used up. The text and the results so far stay. */
export function endAtBudget(
  round: number,
  { message }: AppError,
  turn: ActiveTurn,
): Generator<TurnEvent, void> {
  return endWithNotice(round, `(I stopped here. ${message})`, new ReplyBuilder(), turn);
}

function* endWithNotice(
  round: number,
  notice: string,
  reply: ReplyBuilder,
  { input, record }: ActiveTurn,
): Generator<TurnEvent, void> {
  if (input.isStructured && record.text !== "") {
    yield* addMessages(record.addReply(reply, withoutCalls(reply), "tool_limit"));
    return yield { type: "turn_ended", turnId: input.id, end: record.createEnd("tool_limit") };
  }
  const text = record.text === "" ? notice : `\n\n${notice}`;
  record.appendText(text);
  yield { type: "text_delta", round, text };
  yield* addMessages(
    record.addReply(reply, [...withoutCalls(reply), { type: "text", text: notice }], "tool_limit"),
  );
  yield { type: "turn_ended", turnId: input.id, end: record.createEnd("tool_limit") };
}

/** Ends a turn that was stopped or failed. Keeps the text so far, in a form that the next turn can follow. */
export function* endWithError(
  error: unknown,
  reply: ReplyBuilder,
  { input, changes, record, signal }: ActiveTurn,
): Generator<TurnEvent, void> {
  if (record.openCalls.length > 0) {
    yield* addMessages(record.addResults([]));
  } else {
    // The model rejects reasoning without its signature and calls without results, so only text is kept.
    const textParts = reply.parts.filter((part) => part.type === "text");
    yield* addMessages(record.addReply(reply, textParts, signal.aborted ? "stopped" : "interrupted"));
  }
  const end = signal.aborted
    ? record.createEnd("stopped")
    : record.createFailedEnd(
        withDoneCalls(error instanceof AppError ? error : toInternalError(error), changes.names),
      );
  yield { type: "turn_ended", turnId: input.id, end };
}

function withoutCalls({ parts }: ReplyBuilder): ReplyBuilder["parts"] {
  return parts.filter((part) => part.type !== "call");
}

function* addMessages(messages: readonly Message[]): Generator<TurnEvent, void> {
  for (const message of messages) yield { type: "message_added", message };
}

function toStopReason({ end, parts }: ReplyBuilder): StopReason {
  const stopReason: ModelStopReason = end?.stopReason ?? "end_turn";
  if (stopReason === "malformed" && parts.length === 0) {
    throw new AppError("model_refused", "The model's reply could not be read. Please try again.", {
      retryable: true,
    });
  }
  return stopReason === "tool_use" || stopReason === "malformed" ? "end_turn" : stopReason;
}
