/** Stores a person's rating of a reply, and counts it. */
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Feedback, StoredSession } from "../store/types.ts";

/**
 * Stores a rating in place of an earlier one, or removes that. `question` is the id of the user message, or the id that its client
 * gave it.
 * @throws AppError `bad_request` when the session has no reply to such a message.
 */
export async function rateReply(
  { store, telemetry, now }: Pick<App, "store" | "telemetry" | "now">,
  { session, messages }: StoredSession,
  question: string,
  rating: Pick<Feedback, "rating" | "note"> | undefined,
): Promise<void> {
  const index = messages.findIndex(
    (message) => message.role === "user" && (message.id === question || message.clientId === question),
  );
  const [message, reply] = [messages[index], messages[index + 1]];
  if (!message || reply?.role !== "assistant")
    throw new AppError("bad_request", "message_id: the conversation has no reply to a message with this id.");
  const { [message.id]: _earlier, ...others } = session.feedback ?? {};
  const at = now().toISOString();
  const feedback = rating
    ? { ...others, [message.id]: { rating: rating.rating, ...(rating.note && { note: rating.note }), at } }
    : others;
  await store.write(session.id, { at: session.updatedAt, feedback });
  if (rating) telemetry.count("feedback", { rating: rating.rating, model: reply.model });
}
