/**
 * Encodes the messages of a session's channel as `SENDER KIND TEXT`, and dispatches them. All processes of a deployment must
 * agree on the format.
 */
import type { BusSubscriber, ReplicatedEvent } from "../types.ts";

export function encodeEntry(sender: string, { seq, event }: ReplicatedEvent): string {
  return `${sender} entry ${seq} ${event}`;
}

export function encodeCommand(sender: string, command: string): string {
  return `${sender} command ${command}`;
}

/** Encodes the message that events are missing from the stream. */
export function encodeLost(sender: string): string {
  return `${sender} lost `;
}

/** Delivers a message to the subscribers, unless this process has sent it itself. Ignores unknown kinds. */
export function dispatchMessage(
  message: string,
  ownName: string,
  subscribers: ReadonlySet<BusSubscriber> | undefined,
): void {
  const [, sender, kind, text = ""] = /^(\S*) (\S*) (.*)$/s.exec(message) ?? [];
  if (sender === ownName || subscribers === undefined) return;
  for (const subscriber of subscribers) {
    if (kind === "command") subscriber.onCommand(text);
    else if (kind === "lost") subscriber.onGap();
    else if (kind === "entry") {
      const space = text.indexOf(" ");
      subscriber.onEvent({ seq: Number(text.slice(0, space)), event: text.slice(space + 1) });
    }
  }
}
