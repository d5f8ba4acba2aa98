/** Closes a turn whose process was killed, so that the next turn can follow it. */
import { createNotRunResult } from "./calls.ts";
import type { StampSource } from "./messages.ts";
import type { Message, MessageId, ToolResult } from "./types.ts";
import { NO_USAGE } from "./usage.ts";

export const INTERRUPTED_RESULT = "The call was interrupted: whether it was carried out is not known.";

const INTERRUPTED_REPLY = "(This answer was interrupted before it was complete.)";

/**
 * Returns the messages that complete an interrupted turn: results for its open calls, and a reply.
 * @param messages the turn's own messages so far.
 * @param knownResults results of its open calls that no message holds.
 */
export function closeInterruptedTurn(
  messages: readonly Message[],
  model: string,
  stamps: StampSource,
  knownResults: readonly ToolResult[] = [],
): readonly Message[] {
  const stamp = () => ({ id: stamps.newId() as MessageId, at: stamps.now().toISOString() });
  const last = messages.at(-1);
  const calls =
    last?.role === "assistant" ? last.parts.flatMap((part) => (part.type === "call" ? [part.call] : [])) : [];
  const results = calls.map(
    (call) =>
      knownResults.find(({ callId }) => callId === call.id) ?? createNotRunResult(call, INTERRUPTED_RESULT),
  );
  return [
    ...(results.length > 0 ? [{ role: "results", ...stamp(), results } as const] : []),
    {
      role: "assistant",
      ...stamp(),
      parts: [{ type: "text", text: INTERRUPTED_REPLY }],
      model,
      usage: NO_USAGE,
      stopReason: "interrupted",
    },
  ];
}
