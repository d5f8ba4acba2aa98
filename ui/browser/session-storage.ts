import type { Chat } from "../chat.ts";
import type { ChatState } from "../state/types.ts";
import { session } from "./storage.ts";

/** A reload of the page goes on with the conversation that it showed: its words are the server's to keep. */
export function rememberSession(chat: Chat): void {
  let known = session.read();
  chat.subscribe(() => {
    const shown = shownSession(chat.state());
    if (shown === known) return;
    known = shown;
    session.write(shown ?? "");
  });
}

/** One in which nothing was said is not worth coming back to. */
function shownSession({ session, opening, entries }: ChatState): string | undefined {
  return opening !== undefined || entries.length > 0 ? session?.id : undefined;
}
