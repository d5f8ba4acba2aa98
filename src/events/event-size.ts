import type { ChatEvent } from "../chat/types.ts";

/** Estimates the memory of an event, in characters. */
export function sizeOf(event: ChatEvent): number {
  switch (event.type) {
    case "text_delta":
    case "reasoning_delta":
      return 380 + event.text.length;
    case "call_ended":
      return 300 + event.result.content.length;
    case "turn_ended":
      return 500 + event.end.text.length;
    default:
      return 1000;
  }
}
