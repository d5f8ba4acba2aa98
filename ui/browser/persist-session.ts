import type { Chat } from "../chat.ts";
import type { ChatState } from "../state/types.ts";
import { sessionItem } from "./storage.ts";

/** Stores the id of the current session, so that a reload continues with it. The server stores its messages. */
export function persistSession(chat: Chat): void {
  let storedId = sessionItem.read();
  chat.subscribe(() => {
    const currentId = currentSessionId(chat.state());
    if (currentId === storedId) return;
    storedId = currentId;
    sessionItem.write(currentId ?? "");
  });
}

/** Returns the id to store. Empty conversations have none. */
function currentSessionId({ session, opening, entries }: ChatState): string | undefined {
  return opening !== undefined || entries.length > 0 ? session?.id : undefined;
}
