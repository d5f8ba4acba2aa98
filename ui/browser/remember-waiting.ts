import type { Chat } from "../chat.ts";
import { waitingMessages } from "./stored.ts";

/** Messages that could not go out yet survive a reload of the page. */
export function rememberWaiting(chat: Chat): void {
  for (const text of remembered()) chat.ask(text);
  let known = chat.state().waiting;
  chat.subscribe(() => {
    const { waiting } = chat.state();
    if (waiting === known) return;
    known = waiting;
    waitingMessages.write(waiting.length === 0 ? "" : JSON.stringify(waiting.map(({ text }) => text)));
  });
}

function remembered(): readonly string[] {
  try {
    const value: unknown = JSON.parse(waitingMessages.read() ?? "[]");
    return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
  } catch {
    return [];
  }
}
