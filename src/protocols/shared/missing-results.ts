/** Results that a client did not send. Pure. */
import type { ClientMessage } from "../../turns/stateless-request.ts";

/** Adds a failed result for each of the last calls that the client sent no result of. */
export function addMissingResults(messages: readonly ClientMessage[]): readonly ClientMessage[] {
  const index = messages.findLastIndex(({ role }) => role !== "result");
  const assistantMessage = messages[index];
  if (assistantMessage?.role !== "assistant") return messages;
  const results = messages.slice(index + 1);
  const resultIds = new Set(
    results.flatMap((message) => (message.role === "result" ? [message.callId] : [])),
  );
  const missing = assistantMessage.calls.filter(({ id }) => !resultIds.has(id));
  return [
    ...messages,
    ...missing.map(
      ({ id }): ClientMessage => ({ role: "result", callId: id, content: MISSING_RESULT, status: "failed" }),
    ),
  ];
}

const MISSING_RESULT = "The client sent no result of this call.";
