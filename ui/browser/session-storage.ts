import type { Chat } from "../chat.ts";
import type { ChatState } from "../state/types.ts";
import { sessionItem } from "./storage.ts";

/** A reload of the page goes on with the conversation that it showed: its words are the server's to keep. */
export function persistSession(chat: Chat): void {
  let storedId = sessionItem.read();
  chat.subscribe(() => {
    const currentId = currentSessionId(chat.state());
    if (currentId === storedId) return;
    storedId = currentId;
    sessionItem.write(currentId ?? "");
  });
}

/** One in which nothing was said is not worth coming back to. */
function currentSessionId({ session, opening, entries }: ChatState): string | undefined {
  return opening !== undefined || entries.length > 0 ? session?.id : undefined;
}
