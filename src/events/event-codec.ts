/**
 * Encodes events for other processes. Data that the store holds is left out, so that an event stays small; the receiver reads it
 * from the store, where it was written before the event was published.
 */
import { findTurnStart, RESULT_PREVIEW } from "../chat/messages.ts";
import type { ChatEvent, Message, MessageId, TurnEnd, TurnId, UserMessage } from "../chat/types.ts";
import { AppError, type ErrorCode } from "../errors.ts";
import { parseJson, stringifyJson } from "../json.ts";
import type { ReplicatedEvent } from "../store/types.ts";
import type { EventLog, LoggedEvent } from "./event-log.ts";

type CompactEvent =
  | Exclude<ChatEvent, { type: "turn_started" | "turn_ended" }>
  | { readonly type: "turn_started"; readonly turnId: TurnId; readonly questionId: MessageId }
  | { readonly type: "turn_ended"; readonly turnId: TurnId; readonly end: CompactEnd };

type CompactEnd = Pick<TurnEnd, "usage" | "spent" | "lastUsage" | "endedAt"> &
  (
    | Pick<TurnEnd & { outcome: "answered" }, "outcome" | "stopReason" | "model">
    | { readonly outcome: "failed"; readonly error: CompactError }
  );

interface CompactError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly done?: readonly string[];
}

export function encodeReplicatedEvent({ seq, turnId, event }: LoggedEvent): ReplicatedEvent {
  return { seq, event: stringifyJson({ turnId, event: compact(event) }) };
}

function compact(event: ChatEvent): CompactEvent {
  switch (event.type) {
    case "turn_started":
      return { type: "turn_started", turnId: event.turnId, questionId: event.question.id };
    case "call_ended": {
      const { content } = event.result;
      if (content.length <= RESULT_PREVIEW) return event;
      // One character more than clients are shown, so that the preview is marked as cut.
      return { ...event, result: { ...event.result, content: content.slice(0, RESULT_PREVIEW + 1) } };
    }
    case "turn_ended": {
      const { end } = event;
      const { usage, spent, lastUsage, endedAt, outcome } = end;
      const sums = { usage, spent, ...(lastUsage && { lastUsage }), endedAt };
      if (outcome === "answered") {
        const { stopReason, model } = end;
        return { ...event, end: { ...sums, outcome, stopReason, model } };
      }
      const { code, message, retryable, done } = end.error;
      const error = { code, message, retryable, ...(done.length > 0 && { done }) };
      return { ...event, end: { ...sums, outcome, error } };
    }
    default:
      return event;
  }
}

/**
 * Returns the event with what the store holds of it; undefined when the store no longer has that.
 * @param readMessages returns the newest messages of the session.
 */
export async function decodeReplicatedEvent(
  { seq, event: text }: ReplicatedEvent,
  eventLog: Pick<EventLog, "textOf">,
  readMessages: () => Promise<readonly Message[]>,
): Promise<LoggedEvent | undefined> {
  const { turnId, event } = parseJson(text) as { turnId: TurnId; event: CompactEvent };
  if (event.type === "turn_started") {
    const question = (await readMessages()).find(
      (message): message is UserMessage => message.role === "user" && message.id === event.questionId,
    );
    return question && { seq, turnId, event: { type: "turn_started", turnId, question } };
  }
  if (event.type !== "turn_ended") return { seq, turnId, event };
  const messages = await readMessages();
  const turnMessages = messages.slice(findTurnStart(messages));
  const content = {
    text: eventLog.textOf(turnId) ?? joinRoundTexts(turnMessages),
    calls: turnMessages.flatMap((message) =>
      message.role === "assistant"
        ? message.parts.flatMap((part) => (part.type === "call" ? [part.call] : []))
        : [],
    ),
    results: turnMessages.flatMap((message) => (message.role === "results" ? message.results : [])),
  };
  const end: TurnEnd =
    event.end.outcome === "answered"
      ? { ...event.end, ...content }
      : { ...event.end, ...content, error: decodeError(event.end.error) };
  return { seq, turnId, event: { type: "turn_ended", turnId, end } };
}

function decodeError({ code, message, retryable, done }: CompactError): AppError {
  return new AppError(code, message, { retryable, ...(done && { done, status: 400 }) });
}

/** Returns the text of a turn from its stored messages, joined as the deltas would be. */
function joinRoundTexts(messages: readonly Message[]): string {
  return messages
    .flatMap((message) =>
      message.role === "assistant"
        ? [message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("")]
        : [],
    )
    .filter((text) => text !== "")
    .join("\n\n");
}
