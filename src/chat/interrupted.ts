/** A turn that nobody runs any more: its process was killed. It is closed so that the next one can go on from it. */
import { notRun } from "./calls.ts";
import type { Message, MessageId, Stamps } from "./types.ts";
import { NO_USAGE } from "./usage.ts";

export const INTERRUPTED = "The call was interrupted: whether it was carried out is not known.";

const SAID = "(This answer was interrupted before it was complete.)";

/** What is added behind the turn's own messages so far. */
export function closeInterrupted(
  messages: readonly Message[],
  model: string,
  stamps: Stamps,
): readonly Message[] {
  const stamp = () => ({ id: stamps.newId() as MessageId, at: stamps.now().toISOString() });
  const last = messages.at(-1);
  const calls =
    last?.role === "assistant" ? last.parts.flatMap((part) => (part.type === "call" ? [part.call] : [])) : [];
  const results = calls.map((call) => notRun(call, INTERRUPTED));
  return [
    ...(results.length > 0 ? [{ role: "results", ...stamp(), results } as const] : []),
    {
      role: "assistant",
      ...stamp(),
      parts: [{ type: "text", text: SAID }],
      model,
      usage: NO_USAGE,
      stopReason: "interrupted",
    },
  ];
}
