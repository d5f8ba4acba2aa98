import type { Chat } from "../chat.ts";

/** Loads all messages, and prints the page then. A lost connection waits for the next one. */
export function printConversation(chat: Chat): void {
  // The overview that is closing no longer needs the messages; this comes after it.
  setTimeout(() => {
    chat.seek("all");
    const stop = chat.subscribe(printWhenLoaded);
    printWhenLoaded();
    function printWhenLoaded(): void {
      const { older, sought } = chat.state();
      if (sought === "all" && older.skipped > 0) return;
      stop();
      if (sought !== "all") return;
      chat.seek(undefined);
      setTimeout(() => window.print());
    }
  });
}
