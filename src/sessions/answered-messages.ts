/** Finds messages that a client sends once more after their turn, in the stored history. It is the same in every process. Pure. */
import { ChangeTracker } from "../chat/changes.ts";
import type { Message } from "../chat/types.ts";
import { AppError } from "../errors.ts";
import type { TurnRequest } from "../turns/turn-request.ts";

/**
 * @param isReadOnly returns whether calls of a tool change nothing.
 * @throws AppError `bad_request` with status 409 when the message was answered, or its turn may have changed data.
 */
export function assertUnanswered(
  messages: readonly Message[],
  { clientId, isRegeneration, message }: Pick<TurnRequest, "clientId" | "isRegeneration" | "message">,
  isReadOnly: (tool: string) => boolean,
): void {
  if (clientId === undefined || isRegeneration) return;
  const index = messages.findLastIndex(
    (stored) => stored.role === "user" && stored.clientId === clientId && stored.text === message,
  );
  if (index !== -1 && isDone(messages.slice(index + 1), isReadOnly))
    throw new AppError(
      "bad_request",
      "This message was answered before. Load the conversation to see the reply, or send the message with another id.",
      { status: 409 },
    );
}

/** Returns whether the turn at the beginning of these messages replied, or may have changed data. Another may be tried again. */
function isDone(following: readonly Message[], isReadOnly: (tool: string) => boolean): boolean {
  const end = following.findIndex(({ role }) => role === "user");
  const turn = end === -1 ? following : following.slice(0, end);
  const hasReply = turn.some(
    (message) =>
      message.role === "assistant" &&
      message.stopReason !== undefined &&
      message.stopReason !== "interrupted",
  );
  const results = turn.flatMap((message) => (message.role === "results" ? message.results : []));
  return hasReply || new ChangeTracker(isReadOnly, results).names.length > 0;
}
