/**
 * Events of a story between processes: what is stored anyway does not cross, so that an entry stays small. The one who gets
 * it reads the rest in the store, where it was written before it was told.
 */
import type { ChatEvent, Message, MessageId, TurnEnd, TurnId, UserMessage } from "../chat/types.ts";
import { RESULT_PREVIEW } from "../chat/types.ts";
import { AppError, type ErrorCode } from "../errors.ts";
import { parseJson, stringifyJson } from "../json.ts";
import type { ReplicatedEvent } from "../store/types.ts";
import type { EventLog, LoggedEvent } from "./event-log.ts";

type CompactEvent =
  | Exclude<ChatEvent, { type: "turn_started" | "turn_ended" }>
  | { readonly type: "turn_started"; readonly turnId: TurnId; readonly questionId: MessageId }
  | { readonly type: "turn_ended"; readonly turnId: TurnId; readonly end: CompactEnd };

type CompactEnd = Pick<TurnEnd, "usage" | "spent" | "endedAt"> &
  (
    | Pick<TurnEnd & { outcome: "answered" }, "outcome" | "stopReason" | "model">
    | { readonly outcome: "failed"; readonly error: CompactError }
  );

interface CompactError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
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
      // One more than is shown, so that it is shown as cut.
      return { ...event, result: { ...event.result, content: content.slice(0, RESULT_PREVIEW + 1) } };
    }
    case "turn_ended": {
      const { end } = event;
      const { usage, spent, endedAt, outcome } = end;
      const sums = { usage, spent, endedAt };
      if (outcome === "answered") {
        const { stopReason, model } = end;
        return { ...event, end: { ...sums, outcome, stopReason, model } };
      }
      const { code, message, retryable } = end.error;
      return { ...event, end: { ...sums, outcome, error: { code, message, retryable } } };
    }
    default:
      return event;
  }
}

/** @param read the newest messages of the session. Undefined: what it rests on is no longer there. */
export async function decodeReplicatedEvent(
  { seq, event: text }: ReplicatedEvent,
  eventLog: Pick<EventLog, "textOf">,
  read: () => Promise<readonly Message[]>,
): Promise<LoggedEvent | undefined> {
  const { turnId, event } = parseJson(text) as { turnId: TurnId; event: CompactEvent };
  if (event.type === "turn_started") {
    const question = (await read()).find(
      (message): message is UserMessage => message.role === "user" && message.id === event.questionId,
    );
    return question && { seq, turnId, event: { type: "turn_started", turnId, question } };
  }
  if (event.type !== "turn_ended") return { seq, turnId, event };
  const messages = await read();
  const turnMessages = messages.slice(
    Math.max(
      0,
      messages.findLastIndex(({ role }) => role === "user"),
    ),
  );
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

function decodeError({ code, message, retryable }: CompactError): AppError {
  return new AppError(code, message, { retryable });
}

/** As the rounds were shown, where their deltas are not at hand. */
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
